using Microsoft.Extensions.Logging;

namespace RobustWrn;

/// <summary>The events of an experiment.</summary>
internal static partial class ExperimentLog
{
    [LoggerMessage(1, LogLevel.Information, "Experiment recorded in {Folder}: {Trials} trials at most, {Baselines} baselines")]
    public static partial void Started(ILogger logger, string folder, int trials, int baselines);

    [LoggerMessage(2, LogLevel.Information, "{Network} (trial {Trial}) trained: validation robust {Robust}, clean {Clean}, {Seconds:0.0} s")]
    public static partial void Trained(ILogger logger, string network, int? trial, string robust, string clean, double seconds);

    [LoggerMessage(3, LogLevel.Warning, "{Network} (trial {Trial}) failed: {Reason}")]
    public static partial void Failed(ILogger logger, string network, int? trial, string reason);

    [LoggerMessage(4, LogLevel.Information, "Search ended because {Reason}; {Finalists} networks go to the test split")]
    public static partial void Selected(ILogger logger, string reason, int finalists);

    [LoggerMessage(5, LogLevel.Information, "{Network} (trial {Trial}, replicate {Replicate}) on test: robust {Robust}, clean {Clean}")]
    public static partial void Tested(ILogger logger, string network, int? trial, int replicate, string robust, string clean);

    [LoggerMessage(7, LogLevel.Warning, "The evaluation of {Network} (trial {Trial}, replicate {Replicate}) is {Verdict}: {Finding}")]
    public static partial void Doubted(ILogger logger, string network, int? trial, int replicate, string verdict, string finding);

    [LoggerMessage(6, LogLevel.Warning, "{Path} is damaged and is made again: {Reason}")]
    public static partial void DamagedRecord(ILogger logger, string path, string reason);
}
