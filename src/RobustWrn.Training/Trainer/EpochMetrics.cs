using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>Loss and accuracies of one epoch.</summary>
public sealed record EpochMetrics
{
    /// <summary>The number of the epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The mean loss over the images.</summary>
    public required double Loss { get; init; }

    /// <summary>The mean of each term of the loss.</summary>
    public ValueList<PartMean> Parts { get; init; } = [];

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The mean over the steps of the length of all gradients together, before clipping.</summary>
    public required double GradientNorm { get; init; }

    /// <summary>Validation images that are classified rightly.</summary>
    public required Proportion Clean { get; init; }

    /// <summary>Validation images that are classified rightly both as they are and under the recipe's validation attack.</summary>
    public required Proportion Robust { get; init; }

    /// <summary>The verdict on each validation image; null for epochs recorded by a version that kept the counts alone.</summary>
    public ValidationVerdicts? Verdicts { get; init; }

    /// <summary>The same for the recipe's weight average; null without one.</summary>
    public AverageMetrics? Average { get; init; }

    /// <summary>The time it took, validation included.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The parts of its time; null for epochs recorded by a version that did not measure it.</summary>
    public EpochTimes? Times { get; init; }

    /// <summary>
    /// Prefers this epoch to an earlier one: more robust on validation, or as robust and more accurate.
    /// </summary>
    public bool IsBetterThan(EpochMetrics earlier) => (Robust.Hits, Clean.Hits).CompareTo((earlier.Robust.Hits, earlier.Clean.Hits)) > 0;

    /// <summary>
    /// Prefers this epoch's weight average to an earlier one, by the same rule; never without an average.
    /// </summary>
    public bool HasBetterAverageThan(EpochMetrics earlier) =>
        Average is { } mine && earlier.Average is { } other && (mine.Robust.Hits, mine.Clean.Hits).CompareTo((other.Robust.Hits, other.Clean.Hits)) > 0;

    /// <summary>Loss and validation accuracies of the epoch.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch}: loss {Loss:0.####}, validation robust {Robust}, clean {Clean}{(Average is null ? "" : $"; average {Average}")}");
}

/// <summary>The mean of one term of a loss over an epoch.</summary>
/// <param name="Name">The term: <c>natural</c>, <c>robust</c>.</param>
/// <param name="Mean">Its mean over the images.</param>
public readonly record struct PartMean(string Name, double Mean)
{
    /// <summary>The term and its mean.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} {Mean:0.####}");
}
