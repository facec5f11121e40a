using Microsoft.Extensions.Logging;

namespace RobustWrn.Training;

internal static partial class TrainingLog
{
    [LoggerMessage(1, LogLevel.Information, "Training {Network} with {Objective} under {Threat}: {Epochs} epochs of {Steps} steps")]
    public static partial void Started(ILogger logger, string network, string objective, string threat, int epochs, int steps);

    [LoggerMessage(2, LogLevel.Information, "Going on after epoch {Epoch} from {Checkpoint}")]
    public static partial void Resumed(ILogger logger, int epoch, string checkpoint);

    [LoggerMessage(3, LogLevel.Information, "Epoch {Epoch}: loss {Loss:0.####}, clean {Clean}, robust {Robust}, {Seconds:0.0} s")]
    public static partial void EpochDone(ILogger logger, int epoch, double loss, string clean, string robust, double seconds);

    [LoggerMessage(4, LogLevel.Warning, "The checkpoint {Checkpoint} is damaged and passed over: {Reason}")]
    public static partial void Damaged(ILogger logger, string checkpoint, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The checkpoint was written under {Then}, this run has {Now}: its bits may differ from an uninterrupted run")]
    public static partial void OtherEnvironment(ILogger logger, string then, string now);
}
