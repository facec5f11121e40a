using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>An experiment that is stopped while it attacks does not attack twice.</summary>
public class ResumedTestTests
{
    [Fact]
    public async Task RunAsync_StoppedBetweenTwoAttacks_RunsOnlyTheSecondAgain()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = RobustExperiment.On(images, ThreatModel.Linf(1, outOf: 255))
            .Comparing(SmallExperiment.Baseline)
            .TrainedBy(new Training.Madry(), new Training.TrainingRecipe { Epochs = 1, BatchSize = 32, ValidationAttack = new Fgsm() })
            .EvaluatedBy(AttackSuite.Of("counted", new Counted { Number = 1 }, new Counted { Number = 2 }))
            .Seeded(3);
        NetworkResult whole = Assert.Single((await experiment.RunAsync()).Networks);
        Counted.Calls.Clear();

        using CancellationTokenSource stop = new();
        ImmediateProgress<ExperimentProgress> progress = new(report =>
        {
            if (report is { Stage: ExperimentStage.Testing, Evaluation.AttackNumber: 1 })
                stop.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => experiment.RecordedIn(folder.In("record"))
            .RunAsync(progress, stop.Token));
        Assert.Equal([1], Counted.Calls);
        NetworkResult resumed = Assert.Single((await experiment.RecordedIn(folder.In("record")).RunAsync()).Networks);

        Assert.Equal([1, 2], Counted.Calls);
        Assert.True(whole.TestRobust!.Value.Hits > 0, "or there was nothing to attack");
        Assert.Equal((whole.TestClean, whole.TestRobust), (resumed.TestClean, resumed.TestRobust));
        Assert.Empty(Directory.GetFiles(folder.Path, "journal.jsonl", SearchOption.AllDirectories));
    }

    /// <summary>FGSM that says when it is run.</summary>
    internal sealed record Counted : IAttack
    {
        public const string TypeName = "test-counted";

        public static List<int> Calls { get; } = [];

        public int Number { get; init; }

        public string Name => $"counted {Number}";

        public long MaxGradients => 1;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken)
        {
            Calls.Add(Number);
            return new Fgsm().Perturb(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
