using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Conditions that must hold before a training starts, beyond the descriptions.</summary>
internal static class TrainingChecks
{
    public static IEnumerable<Problem> Problems(this TrainingSplits data, INetworkSpec? network) =>
    [
        .. Rule.Holds(data.Train.Count >= 2, "data.Train", $"must have at least 2 images, got {data.Train.Count}."),
        .. Rule.Holds(data.Validation.Count >= 1, "data.Validation", "must have at least one image to select on, got none. Hold some out of the training images."),
        .. network is null ? [] : Fits(data.Train, network, "data.Train"),
        .. network is null ? [] : Fits(data.Validation, network, "data.Validation"),
        .. Rule.Holds((data.Train.Height, data.Train.Width) == (data.Validation.Height, data.Validation.Width), "data.Validation",
            $"must have images of the training size {data.Train.Height} x {data.Train.Width}, got {data.Validation.Height} x {data.Validation.Width}."),
        .. Rule.Holds(!AreTheSame(data.Train, data.Validation), "data.Validation", "must be held out of the training images, got the same ones. DatasetSplits.From holds some out."),
        .. data.Extra is { } extra ? FitsBeside(data.Train, extra, "data.Extra") : [],
        .. Rule.Holds(data.Extra is null || !AreTheSame(data.Extra, data.Validation), "data.Extra", "must not be the validation images, got the same ones. Networks are selected on those."),
    ];

    public static IEnumerable<Problem> Problems(this TrainingOptions options) =>
    [
        .. options.CheckpointFolder is { } folder ? CheckpointFolder.Problems(folder, nameof(TrainingOptions.CheckpointFolder)) : [],
        .. options.MetricsFolder is { } metrics ? CheckpointFolder.Problems(metrics, nameof(TrainingOptions.MetricsFolder)) : [],
        .. options.CheckpointEverySteps is { } steps
            ? Rule.Positive(steps, nameof(TrainingOptions.CheckpointEverySteps), most: int.MaxValue) : [],
        .. Rule.Holds(options.CheckpointInterval is not { } interval || interval > TimeSpan.Zero, nameof(TrainingOptions.CheckpointInterval), $"must be above zero, got {options.CheckpointInterval}."),
        .. Rule.Positive(options.KeptCheckpoints, nameof(TrainingOptions.KeptCheckpoints)),
        .. options.PauseAfter is { } pause ? Rule.Positive(pause, nameof(TrainingOptions.PauseAfter)) : [],
        .. Rule.Holds(options.PauseAfter is null || options.CheckpointFolder is not null, nameof(TrainingOptions.PauseAfter),
            $"must stand beside a {nameof(TrainingOptions.CheckpointFolder)} in which the training goes on later, got "
                + $"{options.PauseAfter} without one. Name a folder, or leave the pause out."),
        .. TorchRuntime.DeviceProblems(options.Device, nameof(TrainingOptions.Device)),
        .. Rule.Holds(options.InitialWeights is null || File.Exists(options.InitialWeights), nameof(TrainingOptions.InitialWeights),
            $"must be an existing weights file (safetensors or .pth), got {options.InitialWeights}."),
        .. options.InitialWeightsOptions?.ProblemsAs(nameof(TrainingOptions.InitialWeightsOptions)) ?? [],
        .. Rule.Holds(options.Continues is null || File.Exists(options.Continues), nameof(TrainingOptions.Continues),
            $"must be an existing checkpoint of a training ({nameof(TrainingResult)}.{nameof(TrainingResult.Checkpoint)}), got {options.Continues}."),
        .. Rule.Holds(options.Continues is null || options.InitialWeights is null, nameof(TrainingOptions.InitialWeights),
            $"must be left out beside {nameof(TrainingOptions.Continues)}, which has weights of its own, got {options.InitialWeights}."),
        .. Rule.Holds(options.MemoryLimit is null or > 0, nameof(TrainingOptions.MemoryLimit), $"must be at least 1 byte, got {options.MemoryLimit}. Leave it out for what the machine has."),
        .. Rule.Holds(options.ProgressInterval >= TimeSpan.Zero, nameof(TrainingOptions.ProgressInterval), $"must not be negative, got {options.ProgressInterval}."),
    ];

    /// <summary>
    /// A run that leaves checkpoints writes down what it is: all of it must have names in files, which shows here and not after the first
    /// epoch.
    /// </summary>
    public static IEnumerable<Problem> StorageProblems(this TrainingOptions options, RobustTrainer trainer, INetworkSpec? network,
        ThreatModel threat) =>
        options.CheckpointFolder is null && options.Continues is null ? [] :
        [
            .. trainer.Objective.StorageProblems(nameof(trainer.Objective)),
            .. trainer.Recipe.StorageProblems(nameof(trainer.Recipe)),
            .. network.StorageProblems(nameof(network)),
            .. threat.StorageProblems(nameof(threat)),
        ];

    /// <summary>A network to start from must have finite weights, at least one of them to train.</summary>
    public static IEnumerable<Problem> Problems(this Classifier classifier)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (string name, Parameter parameter)[] parameters = [.. classifier.Network.named_parameters()];
        string[] bad = [.. parameters.Where(pair => !pair.parameter.isfinite().all().item<bool>()).Select(pair => pair.name)];
        return
        [
            .. Rule.Holds(parameters.Any(pair => pair.parameter.requires_grad), "classifier", "must have parameters that require gradients, got none. Call requires_grad_() on those to train."),
            .. Rule.Holds(parameters.Select(pair => pair.parameter.dtype).Distinct().Count() <= 1 && parameters.All(pair => pair.parameter.dtype is ScalarType.Float32 or ScalarType.Float64), "classifier",
                $"must have all weights in float32 or all in float64, got {string.Join(" and ", parameters.Select(pair => pair.parameter.dtype).Distinct())}: shorter numbers round pixels out of the ball. Convert it with classifier.to(ScalarType.Float32)."),
            .. Rule.Holds(bad.Length == 0, "classifier", $"must start from finite weights, got NaN or infinity in {string.Join(", ", bad.Take(5))}. Build the network anew or load other weights."),
        ];
    }

    // A fingerprint may take long: a hash over all pixels, or a look at every file.
    private static bool AreTheSame(IImageSource one, IImageSource other) =>
        ReferenceEquals(one, other) || (one.Count == other.Count && one.Fingerprint == other.Fingerprint);

    private static IEnumerable<Problem> FitsBeside(IImageSource own, IImageSource extra, string name) =>
    [
        .. Rule.Holds(extra.Count >= 1, name, "must have at least one image, got none. Leave it out for a training without extra images."),
        .. Rule.Holds((extra.Channels, extra.Height, extra.Width) == (own.Channels, own.Height, own.Width), name,
            $"must have images of the training size {own.Channels} x {own.Height} x {own.Width}, got {extra.Channels} x {extra.Height} x {extra.Width}."),
        .. Rule.Holds(extra.ClassNames.Equals(own.ClassNames), name, $"must have the classes of the training images, {own.ClassNames}, got {extra.ClassNames}."),
    ];

    private static IEnumerable<Problem> Fits(IImageSource images, INetworkSpec network, string name) =>
    [
        .. Rule.Holds(images.Channels == network.InputChannels, name, $"must have images of {Quantity.Of(network.InputChannels, "channel")}, as the network was specified for, got {images.Channels}."),
        .. Rule.Holds(images.ClassNames.Count == network.Classes, name, $"must have {network.Classes} classes, as the network was specified for, got {images.ClassNames.Count}."),
        .. Rule.Holds(Math.Min(images.Height, images.Width) >= network.SmallestSide, name,
            $"must have images of at least {network.SmallestSide} x {network.SmallestSide}, which the network's poolings need, got {images.Height} x {images.Width}."),
    ];
}
