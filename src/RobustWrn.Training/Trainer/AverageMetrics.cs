using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>Accuracies of a weight average on validation.</summary>
/// <param name="Clean">Validation images that are classified rightly.</param>
/// <param name="Robust">Validation images that are classified rightly both as they are and under the recipe's validation attack.</param>
public sealed record AverageMetrics(Proportion Clean, Proportion Robust)
{
    /// <summary>The verdict on each validation image; null where it was not recorded.</summary>
    public ValidationVerdicts? Verdicts { get; init; }

    /// <summary>The accuracies of verdicts on each image.</summary>
    public static AverageMetrics Of(ValidationVerdicts verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        return new(verdicts.Clean, verdicts.RobustShare) { Verdicts = verdicts };
    }

    /// <summary>The accuracies on validation.</summary>
    public override string ToString() => $"robust {Robust}, clean {Clean}";
}
