using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The weights that a classifier ends a training with.</summary>
/// <param name="Epoch">The epoch they are of, from 1.</param>
/// <param name="Which">The best epoch's weights, or the best weight average.</param>
/// <param name="Clean">Validation images that they classify rightly.</param>
/// <param name="Robust">Validation images that they classify rightly both as they are and under the recipe's validation attack.</param>
public readonly record struct SelectedWeights(int Epoch, TrainedWeights Which, Proportion Clean, Proportion Robust)
{
    /// <summary>The verdict on each validation image; null where it was not recorded.</summary>
    public ValidationVerdicts? Verdicts { get; init; }

    /// <summary>The weights and their accuracies on validation.</summary>
    public override string ToString() => (Which is TrainedWeights.BestAverage or TrainedWeights.LastAverage ? "weight average" : "weights")
        + string.Create(CultureInfo.InvariantCulture, $" of epoch {Epoch}: robust {Robust}, clean {Clean}");
}
