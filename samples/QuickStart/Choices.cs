using RobustWrn;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;
using RobustWrn.Training;

namespace QuickStart;

/// <summary>The command line as given, and the experiment it means.</summary>
internal sealed record Choices
{
    public required string Data { get; init; }

    public required int Trials { get; init; }

    public int? Epochs { get; init; }

    public int? Images { get; init; }

    public required long Seed { get; init; }

    public required string Out { get; init; }

    public bool Synthetic => Data == SyntheticData.Name;

    /// <summary>What is wrong with the numbers and places, before any image is opened.</summary>
    public IEnumerable<string> Problems() =>
    [
        .. WholeNumber.Within(Trials, 1, int.MaxValue, "--trials"),
        .. WholeNumber.Within(Epochs, 1, int.MaxValue, "--epochs"),
        .. WholeNumber.Within(Images, SyntheticData.Smallest, SyntheticData.Most, "--images"),
        .. WholeNumber.Within(Seed, 0, long.MaxValue, "--seed"),
        .. OutputFolder.Problems(Out).Select(CommandLine.Text),
    ];

    public async Task<DatasetSplits> OpenImagesAsync(IView view, CancellationToken cancellationToken)
    {
        int images = Images ?? (Synthetic ? 1_500 : 10_000);
        if (Synthetic)
            return SyntheticData.Make(train: images, holdOut: images / 5, test: images / 4);
        string folder = Data;
        if (Data == "cifar-10")
        {
            folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "robustwrn", "cifar-10");
            await view.DownloadAsync(progress => Cifar10.DownloadAsync(folder, progress: progress, cancellationToken: cancellationToken));
        }
        return Cifar10.From(folder, holdOut: 1_000).Limited(train: images, test: 1_000);
    }

    public RobustExperiment Describe(DatasetSplits images)
    {
        // Small enough to watch: about 3 million multiply-adds. The strided stem halves the resolution at once.
        StemSpec strided = new() { Width = 16, Stride = 2 };
        WideResNetSpec baseline = WideResNetSpec.Of(stem: 16, depths: [1, 1, 1], widths: [16, 32, 64]) with { Stem = strided };
        const long budget = 4_000_000;
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(baseline)
            .Vary("last stage width", [16, 24, 32, 48, 64, 96], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }))
            .Vary<ValueList<int>>("depths", [[1, 1, 1], [2, 1, 1], [1, 2, 1], [1, 1, 2], [2, 2, 1], [1, 2, 2]],
                (spec, depths) => spec.WithDepths(depths.AsSpan()))
            .Where($"at most {budget / 1e6:0} MMACs", spec => spec.Cost(32, 32).MultiplyAdds <= budget)
            .Where("not the baseline", spec => spec != baseline);
        TrainingRecipe recipe = new()
        {
            Epochs = Epochs ?? (Synthetic ? 4 : 5),
            BatchSize = Synthetic ? 64 : 128,
            LearningRate = 0.1,
            Schedule = new CosineRate(),
        };
        return RobustExperiment
            .On(images, ThreatModel.Linf(8, outOf: 255))
            .Searching(space, new RandomSampler())
            .Comparing(baseline)
            .TrainedBy(new Trades { Beta = 6, InnerAttack = Trades.DefaultAttack with { Steps = Synthetic ? 7 : 10 } }, recipe)
            .EvaluatedBy(AttackSuite.Of("PGD-20 and CW", new Pgd { Steps = 20 }, new CwLinf()))
            .Within(Budget.Trials(Trials))
            .Seeded(Seed);
    }
}
