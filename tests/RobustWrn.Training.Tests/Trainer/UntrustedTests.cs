using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Training believes no attack and no model: what leaves the ball, writes into its input or comes from another thread is refused or changes nothing.</summary>
public class UntrustedTests
{
    private static readonly Lying Liar = new();

    public static TheoryData<string> Objectives() => ["madry", "trades", "mart", "fast", "fast fallback"];

    /// <summary>Selection took the word of its attack: one that moved images out of the ball decided which epoch is the best.</summary>
    [Fact]
    public void Fit_ValidationAttackThatLeavesTheBall_IsRefusedByName()
    {
        using Classifier classifier = Small.Network.Build(1);
        AttackRefusedException refusal = Assert.Throws<AttackRefusedException>(() => Small.Fit(classifier, recipe: Small.Recipe with { ValidationAttack = Liar }));
        Assert.Equal("lying", refusal.Attack);
        Assert.True(refusal.Distance > Small.Threat.Epsilon);
        Assert.All(classifier.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    /// <summary>One judge: the epoch is selected by what an evaluation of the same images under the same attack counts.</summary>
    [Fact]
    public void Fit_ValidationOfTheSelectedEpoch_IsWhatAnEvaluationCounts()
    {
        using Classifier classifier = Small.Network.Build(1);
        TrainingSplits data = Bars.Splits();
        ThreatModel threat = ThreatModel.Linf(0.3);
        Pgd attack = new() { Steps = 10, Start = new CleanStart() };

        TrainingRecipe recipe = Small.Recipe with { ValidationAttack = attack };
        TrainingResult result = new RobustTrainer(new Natural(), recipe).Fit(classifier, data, threat, 7);

        RobustnessResult evaluated = RobustnessEvaluation.Run(classifier, data.Validation, threat, AttackSuite.Of("the same", attack));
        Assert.Equal((evaluated.Clean, evaluated.Robust), (result.Selected.Clean, result.Selected.Robust));
        Assert.InRange(evaluated.Robust.Hits, 0, evaluated.Clean.Hits - 1);
    }

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Evaluate_InnerAttackThatLeavesTheBall_IsRefusedByName(string objective)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat);
        IRobustObjective lying = objective switch
        {
            "madry" => new Madry { InnerAttack = Liar },
            "trades" => new Trades { InnerAttack = Liar },
            "mart" => new Mart { InnerAttack = Liar },
            "fast" => new FastAdversarial { InnerAttack = Liar },
            _ => new FastAdversarial { Guard = new OverfittingGuard { Watch = Liar } },
        };
        Assert.Equal("lying", Assert.Throws<AttackRefusedException>(() => lying.Evaluate(context)).Attack);
        Assert.True(classifier.training);
    }

    [Fact]
    public void Evaluate_InnerAttackThatLeavesEvaluationModeOn_IsRefusedAndTrainingModeComesBack()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1]);
        Lying careless = new() { Move = context => { context.Model.eval(); return context.Images.clone(); } };
        Assert.Contains("in evaluation mode", Assert.Throws<AttackRefusedException>(
            () => new Madry { InnerAttack = careless }.Evaluate(new ObjectiveContext(classifier, batch.Images, batch.Labels, Small.Threat))).Message);
        Assert.All(classifier.modules(), module => Assert.True(module.training));
    }

    /// <summary>TRADES and MART show the same images to the model again, and weight perturbation the same adversarial ones.</summary>
    [Fact]
    public void Evaluate_ModelThatWritesIntoItsInput_GivesTheLossOfOneThatDoesNot()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        Tensor before = batch.Images.clone();
        IRobustObjective[] objectives = [new Natural(), new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 2 } }, new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 }, SeparateTargetPass = true }, new Mart { InnerAttack = Mart.DefaultAttack with { Steps = 2 } }, new FastAdversarial()];
        Assert.All(objectives, objective =>
        {
            using Writing sound = new(classifier, false), writing = new(classifier, true);
            using ObjectiveLoss expected = objective.Evaluate(new ObjectiveContext(sound, batch.Images, batch.Labels, Small.Threat));
            using ObjectiveLoss actual = objective.Evaluate(new ObjectiveContext(writing, batch.Images, batch.Labels, Small.Threat));
            Assert.Equal(expected.Total.Number(), actual.Total.Number(), 6);
            Assert.True(expected.Adversarial is null || (expected.Adversarial - actual.Adversarial!).abs().max().Number() <= 1e-6);
            Assert.True(batch.Images.eq(before).all().item<bool>());
        });
    }

    [Fact]
    public void Fit_AttackOnAnotherThreadMeanwhile_IsRefusedThereAndTrainingGoesOn()
    {
        using Classifier classifier = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1]);
        List<Exception?> elsewhere = [], here = [];
        Action attack = () => new Fgsm().Perturb(new AttackContext(classifier, batch.Images, batch.Labels, Small.Threat)).Dispose();
        TrainingResult result = Small.Fit(classifier, options: new TrainingOptions { ProgressInterval = TimeSpan.Zero }, progress: new Told(_ =>
        {
            elsewhere.Add(OnAnotherThread(attack));
            here.Add(Record.Exception(attack));
        }));
        Assert.NotEmpty(elsewhere);
        Assert.All(elsewhere, refusal => Assert.Contains("trains it", Assert.IsType<ModelInUseException>(refusal).Message));
        Assert.All(here, Assert.Null);
        Assert.Null(OnAnotherThread(attack));
        Assert.Equal(Small.Recipe.Epochs, result.Epochs.Count);
    }

    [Fact]
    public void Fit_ClassifierUnderAttackOnAnotherThread_IsRefusedBeforeAnythingIsWritten()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1);
        using (new AttackedModel(classifier))
        {
            Exception? refusal = OnAnotherThread(() => Small.Fit(classifier, options: new TrainingOptions { CheckpointFolder = folder.Path }));
            Assert.Contains("attacks it", Assert.IsType<ModelInUseException>(refusal).Message);
        }
        Assert.Empty(folder.Files);
        Assert.True(classifier.training);
    }

    [Fact]
    public void Fit_ShortNumbers_AreRefused()
    {
        using Classifier classifier = Small.Network.Build(1);
        classifier.to(ScalarType.BFloat16);
        Assert.Contains("must have all weights in float32 or all in float64, got BFloat16", Assert.Throws<InvalidDescriptionException>(() => Small.Fit(classifier)).Message);
    }

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private sealed record Lying : IAttack
    {
        public const string TypeName = "test-lying";

        public Func<AttackContext, Tensor> Move { get; init; } = context => context.Images.Plus(0.3).ClampInPlace(0, 1);

        public string Name => "lying";

        public long MaxGradients => 1;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => Move(context);

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed class Writing : nn.Module<Tensor, Tensor>
    {
        private readonly Classifier _inner;
        private readonly bool _writes;

        public Writing(Classifier inner, bool writes)
            : base(nameof(Writing)) => (_inner, _writes) = (inner, writes);

        public override Tensor forward(Tensor input)
        {
            using Tensor own = input.clone();
            Tensor logits = _inner.call(own);
            using IDisposable guard = no_grad();
            if (_writes)
                input.FillInPlace(0.5);
            return logits;
        }
    }
}
