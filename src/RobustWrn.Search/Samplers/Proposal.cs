using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The answer of a sampler: a point, or none and the reason.</summary>
public sealed record Proposal
{
    private Proposal()
    {
    }

    /// <summary>The point to try: one value index per dimension; null when there is none.</summary>
    public ValueList<int>? Point { get; private init; }

    /// <summary>Why there is no point; null when there is one.</summary>
    public string? Reason { get; private init; }

    /// <summary>A point to try.</summary>
    public static Proposal Of(ValueList<int> point)
    {
        ArgumentNullException.ThrowIfNull(point);
        return new() { Point = point };
    }

    /// <summary>No point.</summary>
    /// <param name="reason">A sentence for the user.</param>
    public static Proposal None(string reason) => new() { Reason = reason };

    internal static Proposal Exhausted { get; } = None("every point that the space keeps has been tried.");

    /// <summary>The point, or why there is none.</summary>
    public override string ToString() => Point is null ? $"no point: {Reason}" : $"point {Point}";
}
