using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Letting fooled examples go changes the time and nothing else; neither does who else is in the batch.</summary>
public class DroppingTests
{
    public static TheoryData<string, string> Attacks() => new()
    {
        { "apgd-ce x 3", "linf" }, { "apgd-ce x 3", "l2" }, { "apgd-ce x 3", "l1" },
        { "apgd-dlr x 2", "linf" }, { "apgd-t", "linf" }, { "apgd-t", "l2" }, { "apgd-t", "l1" },
        { "pgd x 3", "linf" }, { "cw x 3", "linf" },
    };

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Perturb_WithAndWithoutDropping_GivesTheSameVerdicts(string attack, string norm)
    {
        using FallingBatch batch = new(64, ScalarType.Float64);
        ThreatModel threat = FallingBatch.Threat(norm);

        (Tensor Points, bool[] Fooled) whole = batch.Attack(batch.Model, Run(attack, drop: false), threat);
        (Tensor Points, bool[] Fooled) dropped = batch.Attack(batch.Model, Run(attack, drop: true), threat);

        Assert.Equal(whole.Fooled, dropped.Fooled);
        Assert.InRange(dropped.Fooled.Count(fell => fell) / 64.0, 0.3, 0.9);
        // Not only the verdicts: the points, too.
        Assert.InRange((whole.Points - dropped.Points).abs().max().Number(), 0, 1e-9);
        Assert.True(threat.Distance(dropped.Points, batch.Images).max().Number() <= threat.Epsilon + threat.Tolerance);
    }

    [Theory]
    [InlineData("apgd-ce x 3")]
    [InlineData("apgd-t")]
    [InlineData("pgd x 3")]
    public void Perturb_WithDropping_AsksAboutFewerImages(string attack)
    {
        using FallingBatch batch = new(64, ScalarType.Float32);
        Counting all = new(batch.Model), fewer = new(batch.Model);

        batch.Attack(all, Run(attack, drop: false), FallingBatch.Threat("linf"));
        batch.Attack(fewer, Run(attack, drop: true), FallingBatch.Threat("linf"));

        Assert.InRange(fewer.Images / (double)all.Images, 0.1, 0.85);
    }

    [Theory]
    [InlineData("apgd-ce x 3", "linf", 1)]
    [InlineData("apgd-ce x 3", "l1", 7)]
    [InlineData("apgd-dlr x 2", "l2", 7)]
    [InlineData("apgd-t", "linf", 1)]
    [InlineData("apgd-t", "l2", 7)]
    [InlineData("pgd x 3", "linf", 7)]
    public void Perturb_InBlocksOfAnySizeAndOrder_GivesTheSameVerdictsInFloat64(string attack, string norm, int size)
    {
        using FallingBatch batch = new(64, ScalarType.Float64);
        bool[] expected = batch.Attack(batch.Model, Run(attack), FallingBatch.Threat(norm)).Fooled;

        bool[] actual = batch.AttackInBlocks(size, RandomStream.From(4).Permutation(64), Run(attack), FallingBatch.Threat(norm));

        Assert.InRange(expected.Count(fell => fell), 15, 58);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("apgd-ce x 3", "linf")]
    [InlineData("apgd-t", "l2")]
    public void Perturb_InBlocksOfAnySizeInFloat32_GivesNearlyTheSameVerdicts(string attack, string norm)
    {
        using FallingBatch batch = new(200, ScalarType.Float32);
        bool[] expected = batch.Attack(batch.Model, Run(attack), FallingBatch.Threat(norm)).Fooled;

        bool[] actual = batch.AttackInBlocks(33, RandomStream.From(6).Permutation(200), Run(attack), FallingBatch.Threat(norm));

        Assert.InRange(expected.Zip(actual).Count(pair => pair.First != pair.Second), 0, 1); // 0.5 % of 200
    }

    // The attacks as they are, and their twins that let nobody go.
    private static Func<AttackContext, Tensor> Run(string attack, bool drop = true) => attack switch
    {
        "apgd-ce x 3" => By(new Apgd { Steps = 12, Restarts = 3, DropFooled = drop }),
        "apgd-dlr x 2" => By(new Apgd { Steps = 12, Restarts = 2, Loss = new Dlr(), DropFooled = drop }),
        "apgd-t" => By(new TargetedApgd { Steps = 8, TargetClasses = 3, DropFooled = drop }),
        _ => context => new GradientAscent(attack == "cw x 3" ? new Margin() : new CrossEntropy(), new ConstantStep(context.Threat.Epsilon / 4), 6) { DropFooled = drop }
            .BestOf(3, context, TestContext.Current.CancellationToken),
    };

    private static Func<AttackContext, Tensor> By(IAttack attack) => context => attack.Perturb(context, TestContext.Current.CancellationToken);
}
