using Microsoft.Extensions.Logging;

namespace RobustWrn.Training;

internal static partial class TrainingLog
{
    [LoggerMessage(1, LogLevel.Information, "Training {Network} with {Objective} under {Threat}: epochs: {Epochs}, steps in each: {Steps}")]
    public static partial void Started(ILogger logger, string network, string objective, string threat, int epochs, int steps);

    [LoggerMessage(2, LogLevel.Information, "Going on after epoch {Epoch} from {Checkpoint}")]
    public static partial void Resumed(ILogger logger, int epoch, string checkpoint);

    [LoggerMessage(3, LogLevel.Information, "Epoch {Epoch}: loss {Loss:0.####}, clean {Clean}, robust {Robust}, {Seconds:0.0} s")]
    public static partial void EpochDone(ILogger logger, int epoch, double loss, string clean, string robust, double seconds);

    [LoggerMessage(4, LogLevel.Warning, "The checkpoint {Checkpoint} is damaged and passed over: {Reason}")]
    public static partial void Damaged(ILogger logger, string checkpoint, string reason);

    [LoggerMessage(5, LogLevel.Warning, "The checkpoint was written under {Then}, this run has {Now}: it is not bit-exact, the result may differ from that of an uninterrupted run")]
    public static partial void OtherEnvironment(ILogger logger, string then, string now);

    [LoggerMessage(6, LogLevel.Information, "Going on after epoch {Epoch} and step {Steps} of the next from {Checkpoint}")]
    public static partial void ResumedWithin(ILogger logger, int epoch, int steps, string checkpoint);

    [LoggerMessage(7, LogLevel.Debug, "Wrote {Checkpoint}")]
    public static partial void Wrote(ILogger logger, string checkpoint);

    [LoggerMessage(8, LogLevel.Warning, "{What} Setback {Setback} of {Retries}: epoch {Epoch} begins anew at {Factor:g4} of the learning rate")]
    public static partial void WentBack(ILogger logger, string what, int setback, int retries, int epoch, double factor);

    [LoggerMessage(9, LogLevel.Information, "Ended after epoch {Epoch} of {Epochs}: no epoch since {Best} was better on validation")]
    public static partial void StoppedEarly(ILogger logger, int epoch, int epochs, int best);

    [LoggerMessage(10, LogLevel.Information, "Best epoch {Best}: robust {BestRobust}; last epoch {Last}: robust {LastRobust}; lost {Gap:0.####}")]
    public static partial void Ended(ILogger logger, int best, string bestRobust, int last, string lastRobust, double gap);

    [LoggerMessage(11, LogLevel.Information, "Epoch {Epoch}, weight average: clean {Clean}, robust {Robust}")]
    public static partial void AverageJudged(ILogger logger, int epoch, string clean, string robust);

    [LoggerMessage(12, LogLevel.Debug, "Epoch {Epoch}: data {Data:0.00} s, attack {Attack:0.00} s, update {Update:0.00} s, validation {Validation:0.00} s; gradient norm {Norm:0.###}, learning rate {Rate:g4}")]
    public static partial void EpochSpent(ILogger logger, int epoch, double data, double attack, double update, double validation, double norm, double rate);

    [LoggerMessage(13, LogLevel.Warning, "No memory to attack {Images} images at once, going on with {Smaller}, to the same result: {Reason}")]
    public static partial void AttackedInParts(ILogger logger, int images, int smaller, string reason);

    [LoggerMessage(14, LogLevel.Warning, "{File} could not be removed and stays: {Reason}")]
    public static partial void NotRemoved(ILogger logger, string file, string reason);

    [LoggerMessage(15, LogLevel.Information, "Weights to start from: {Report}")]
    public static partial void WeightsLoaded(ILogger logger, string report);

    [LoggerMessage(16, LogLevel.Warning, "Weights to start from: {Warning}")]
    public static partial void WeightsInDoubt(ILogger logger, string warning);

    [LoggerMessage(17, LogLevel.Information, "Paused after epoch {Epoch} of {Epochs}: robust {Robust}")]
    public static partial void Paused(ILogger logger, int epoch, int epochs, string robust);
}
