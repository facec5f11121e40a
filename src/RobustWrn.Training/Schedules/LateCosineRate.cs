using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The cosine as the code of Huang et al. 2021 (arXiv 2110.03825) computes it: one rate an epoch, an epoch late, so that epochs 0 and 2
/// have the same and only epoch 1 has the full one. For repeating their runs; <see cref="CosineRate"/> is the schedule that is meant.
/// </summary>
public sealed record LateCosineRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "late-cosine";

    /// <summary>Without the number of epochs there is nothing to be late by: the plain cosine.</summary>
    /// <inheritdoc/>
    public double Factor(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;

    /// <inheritdoc/>
    /// <remarks>In a training of one epoch, which would be one at a rate of 0, it is the plain cosine.</remarks>
    public double FactorAt(TrainingPosition position) =>
        Factor(position.Epochs == 1 ? position.Progress : (position.Epoch - 1.0) / position.Epochs);

    /// <summary>The plain cosine: an epoch late means something else where there are few.</summary>
    public ILearningRateSchedule ByStep() => new CosineRate();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
