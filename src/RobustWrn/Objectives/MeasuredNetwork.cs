using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>A trained network, as objectives see it.</summary>
/// <param name="Spec">What was built.</param>
/// <param name="Cost">What it costs, for images of the experiment's size.</param>
/// <param name="ValidationClean">Validation images that are classified rightly.</param>
/// <param name="ValidationRobust">Validation images that are classified rightly under the training's validation attack, too.</param>
/// <param name="TrainingTime">The time that the training took.</param>
public sealed record MeasuredNetwork(
    INetworkSpec Spec, NetworkCost Cost, Proportion ValidationClean, Proportion ValidationRobust, TimeSpan TrainingTime)
{
    /// <summary>
    /// The outcome of the attacks that rank networks (<see cref="RobustExperiment.RankedBy"/>); null where the validation attack of the
    /// training does, or before they have run. It may be an upper bound: <see cref="Judgement.IsBound"/>.
    /// </summary>
    public Judgement? Judgement { get; init; }

    /// <summary>The verdict of the training on each validation image; null where the trainer gave none.</summary>
    public ValidationVerdicts? Verdicts { get; init; }

    /// <summary>The validation images.</summary>
    public required IImageSource Validation { get; init; }

    /// <summary>Opens the trained network, on the experiment's device; the caller disposes it.</summary>
    public required Func<Classifier> Open { get; init; }

    /// <summary>Name and accuracies.</summary>
    public override string ToString() =>
        $"{Spec.Name}: robust {ValidationRobust}, clean {ValidationClean} on validation"
        + (Judgement is null ? "" : $"; ranked: {Judgement}");
}
