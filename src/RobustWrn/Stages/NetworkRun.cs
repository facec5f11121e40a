using System.Diagnostics;
using System.Text.Json;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>One training of one network and its final evaluation, recorded in a folder of its own: what is finished there is not done again.</summary>
internal sealed class NetworkRun(RobustExperiment experiment, INetworkSpec spec, int replicate, string folder)
{
    private string TrainedFile => Path.Combine(folder, "trained.json");

    private string WeightsFile => Path.Combine(folder, "weights.safetensors");

    private string TestFile => Path.Combine(folder, "test.json");

    private string TestJournal => Path.Combine(folder, "test");

    /// <summary>Trains the network, or reads what an earlier run has trained.</summary>
    public TrainedNetwork Train(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (Recorded<TrainedNetwork>(TrainedFile) is { } before && (before.Failure is not null || File.Exists(WeightsFile)))
            return before;
        Stopwatch clock = Stopwatch.StartNew();
        Seed seed = experiment.Seed.Replicate(replicate);
        using Classifier classifier = spec.Build(seed, experiment.Device);
        TrainedNetwork trained;
        try
        {
            TrainingOptions options = new() { CheckpointFolder = Path.Combine(folder, "training"), Logger = experiment.Logger, Device = experiment.Device, MemoryLimit = experiment.MemoryLimit };
            TrainingResult result = experiment.Trainer(experiment.Objective, experiment.Recipe)
                .Fit(classifier, experiment.Data.Training, experiment.Threat, seed, options, progress, cancellationToken);
            NetworkWeights.Save(classifier, WeightsFile);
            Forget(TestJournal); // of a network whose record was damaged, whose weights these may not be
            trained = new TrainedNetwork
            {
                SelectedEpoch = result.Selected.Epoch,
                ValidationClean = result.Selected.Clean,
                ValidationRobust = result.Selected.Robust,
                Seconds = result.Epochs.Sum(epoch => epoch.Elapsed.TotalSeconds),
            };
        }
        catch (TrainingDivergedException e)
        {
            trained = new TrainedNetwork { Failure = e.Message, Seconds = clock.Elapsed.TotalSeconds };
        }
        AtomicFile.WriteText(TrainedFile, JsonSerializer.Serialize(trained, DescriptionJson.Options));
        return trained;
    }

    /// <summary>Attacks the trained network on the test split, goes on where an earlier run was stopped, or reads what it has found.</summary>
    public RobustnessResult Test(Func<IImageSource> open, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        if (Recorded<RobustnessResult>(TestFile) is { } before)
            return before;
        using Classifier classifier = NetworkWeights.Open(WeightsFile, experiment.Device);
        EvaluationOptions options = new() { Seed = experiment.Seed, Device = experiment.Device, MemoryLimit = experiment.MemoryLimit, JournalFolder = TestJournal };
        RobustnessResult result = experiment.Evaluator.Run(classifier, open(), experiment.Threat, experiment.Suite, options, progress,
            cancellationToken);
        AtomicFile.WriteText(TestFile, result.ToJson());
        Forget(TestJournal);
        return result;
    }

    private static void Forget(string journal)
    {
        if (Directory.Exists(journal))
            Directory.Delete(journal, recursive: true);
    }

    // Files are written atomically, so one that cannot be read was damaged from outside: the work is done again.
    private T? Recorded<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllText(path), DescriptionJson.Options);
        }
        catch (JsonException e)
        {
            ExperimentLog.DamagedRecord(experiment.Logger, path, e.Message);
            return null;
        }
    }
}

/// <summary>What training one network gave, as recorded.</summary>
internal sealed record TrainedNetwork
{
    public int? SelectedEpoch { get; init; }

    public Proportion? ValidationClean { get; init; }

    public Proportion? ValidationRobust { get; init; }

    public string? Failure { get; init; }

    public double Seconds { get; init; }
}
