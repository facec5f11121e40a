using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Any objective takes any inner attack.</summary>
public class InnerAttackTests
{
    public static TheoryData<string> Objectives => ["madry", "trades", "mart"];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Evaluate_AttackGiven_TrainsOnItsImagesWithTheContextsNoise(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([5, 2]);
        GivenImages attack = new(batch.Images.Plus(0.01).Clamped(0, 1));
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat) { Examples = ValueList.Create(batch.Examples), Noise = RandomStream.From(3) };

        using ObjectiveLoss loss = With(name, attack).Evaluate(context);

        Assert.True(Small.SameBits(attack.Images, loss.Adversarial!));
        AttackContext asked = Assert.Single(attack.Asked);
        Assert.Equal((context.Noise.Key, context.Examples, context.Threat), (asked.Noise.Key, asked.Examples, asked.Threat));
    }

    /// <summary>The defaults are attacks that can be written down, too: given so, they find the same bits.</summary>
    [Fact]
    public void Evaluate_DefaultAttackGivenByHand_FindsTheSameImages()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        classifier.eval();
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat);
        double step = 2.5 * Small.Threat.Epsilon / 10;
        (IRobustObjective Own, IRobustObjective Given)[] pairs =
        [
            (new Madry(), new Madry { InnerAttack = new Pgd { Steps = 10, StepSize = step, Start = new GaussianStart(step) } }),
            (new Mart(), new Mart { InnerAttack = new Pgd { Steps = 10, StepSize = step, Start = new GaussianStart(step) } }),
            (new Trades(), new Trades { InnerAttack = new Pgd { Steps = 10, StepSize = step, Start = new GaussianStart(0.001), Loss = new KullbackLeibler() } }),
            (new Trades { InnerAttack = Trades.DefaultAttack with { Start = new RandomStart() } },
                new Trades { InnerAttack = new Pgd { Steps = 10, StepSize = step, Loss = new KullbackLeibler() } }),
            (new FastAdversarial(), new FastAdversarial { InnerAttack = new Pgd { Steps = 1, StepSize = 1.25 * Small.Threat.Epsilon } }),
        ];

        Assert.All(pairs, pair =>
        {
            using ObjectiveLoss own = pair.Own.Evaluate(context), given = pair.Given.Evaluate(context);
            Assert.True(Small.SameBits(own.Adversarial!, given.Adversarial!));
        });
    }

    [Fact]
    public void Evaluate_ApgdOnTheDivergenceAndCwInMadry_StayInTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat);
        IRobustObjective[] objectives =
        [
            new Trades { InnerAttack = new Apgd { Steps = 5, Loss = new KullbackLeibler() } },
            new Madry { InnerAttack = new CwLinf { Steps = 5 } },
            new Mart { InnerAttack = new Pgd { Steps = 5, Loss = new Dlr() } },
        ];

        Assert.All(objectives, objective =>
        {
            using ObjectiveLoss loss = DescriptionJson.Read<IRobustObjective>(DescriptionJson.Write(objective)).Evaluate(context);
            Assert.True(Small.Threat.Distance(loss.Adversarial!, batch.Images).max().Number() <= Small.Threat.Epsilon + Small.Threat.Tolerance);
            Assert.True(double.IsFinite(loss.Total.Number()));
        });
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Problems_AttackThatCannotRunInTraining_IsNamed(string name)
    {
        Assert.Equal(["InnerAttack.Steps"], With(name, new Pgd { Steps = 0 }).Problems().Select(problem => problem.Subject));
        Assert.Contains("must do without another model", Assert.Single(With(name, new Transfer()).Problems()).Message);
    }

    private static IRobustObjective With(string name, IAttack attack) => name switch
    {
        "madry" => new Madry { InnerAttack = attack },
        "trades" => new Trades { InnerAttack = attack },
        _ => new Mart { InnerAttack = attack },
    };
}
