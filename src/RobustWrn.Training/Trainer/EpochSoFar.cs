using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The part of an epoch that is done, as a checkpoint within it keeps it: sums to go on adding to, to the bit.</summary>
internal sealed record EpochSoFar
{
    /// <summary>Steps that are done.</summary>
    public int Steps { get; init; }

    public double Loss { get; init; }

    public double GradientNorm { get; init; }

    public long Images { get; init; }

    /// <summary>The sum of each term over the images.</summary>
    public ValueList<PartMean> Parts { get; init; } = [];

    public TimeSpan Data { get; init; }

    public TimeSpan Attack { get; init; }

    public TimeSpan Update { get; init; }

    /// <summary>The time since the epoch's start, over all processes that worked on it.</summary>
    public TimeSpan Elapsed { get; init; }
}
