using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The learning rate stays as it is.</summary>
public sealed record ConstantRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "constant";

    /// <inheritdoc/>
    public double Factor(double progress) => 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
