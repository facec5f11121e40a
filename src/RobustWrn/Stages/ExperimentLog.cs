using Microsoft.Extensions.Logging;

namespace RobustWrn;

/// <summary>The events of an experiment.</summary>
internal static partial class ExperimentLog
{
    [LoggerMessage(1, LogLevel.Information, "Experiment recorded in {Folder}: trials at most: {Trials}, baselines: {Baselines}")]
    public static partial void Started(ILogger logger, string folder, int trials, int baselines);

    [LoggerMessage(2, LogLevel.Information, "{Network} (trial {Trial}) trained: validation robust {Robust}, clean {Clean}, {Seconds:0.0} s")]
    public static partial void Trained(ILogger logger, string network, int? trial, string robust, string clean, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "{Network} (trial {Trial}) failed: {Reason}")]
    public static partial void Failed(ILogger logger, string network, int? trial, string reason);

    [LoggerMessage(12, LogLevel.Information, "{Network} (trial {Trial}) {Pruned}")]
    public static partial void Pruned(ILogger logger, string network, int? trial, string pruned);

    [LoggerMessage(13, LogLevel.Information, "Trial {Trial} is another worker's by now; what was found of it here is not taken")]
    public static partial void Lost(ILogger logger, int trial);

    [LoggerMessage(14, LogLevel.Warning, "{Network} (trial {Trial}) threw and is tried again: {Reason}")]
    public static partial void TriedAgain(ILogger logger, string network, int? trial, string reason);

    [LoggerMessage(15, LogLevel.Warning, "Worker {Worker} ended before the search, with exit code {ExitCode}; it is started again")]
    public static partial void WorkerEnded(ILogger logger, int worker, int exitCode);

    [LoggerMessage(4, LogLevel.Information, "Search ended because {Reason}; networks for the test split: {Finalists}")]
    public static partial void Selected(ILogger logger, string reason, int finalists);

    [LoggerMessage(5, LogLevel.Information, "{Network} (trial {Trial}, replicate {Replicate}) on test: robust {Robust}, clean {Clean}")]
    public static partial void Tested(ILogger logger, string network, int? trial, int replicate, string robust, string clean);

    [LoggerMessage(7, LogLevel.Warning, "The evaluation of {Network} (trial {Trial}, replicate {Replicate}) is {Verdict}: {Finding}")]
    public static partial void Doubted(ILogger logger, string network, int? trial, int replicate, string verdict, string finding);

    [LoggerMessage(11, LogLevel.Warning, "{Network} (trial {Trial}) cannot win: on validation it is {Verdict}: {Finding}")]
    public static partial void Suspected(ILogger logger, string network, int? trial, string verdict, string finding);

    [LoggerMessage(6, LogLevel.Warning, "{Path} is not believed and is made again: {Reason}. What was there is moved to {Aside}")]
    public static partial void DamagedRecord(ILogger logger, string path, string reason, string aside);

    [LoggerMessage(8, LogLevel.Warning, "{Path} is missing, though other files of its network are there; it is made again")]
    public static partial void LostRecord(ILogger logger, string path);

    [LoggerMessage(9, LogLevel.Information, "The experiment in {Folder} goes on with other settings: {Changes}")]
    public static partial void Changed(ILogger logger, string folder, string changes);

    [LoggerMessage(10, LogLevel.Warning, "Trial {Trial} was told {Told} when it ran, and its network, trained again, has {Robust}: this "
        + "machine or library gives other numbers than the one before. The new ones count")]
    public static partial void OtherOutcome(ILogger logger, int trial, string told, string robust);
}
