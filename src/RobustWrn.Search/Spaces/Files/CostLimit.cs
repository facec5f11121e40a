using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A filter of a space from a file: networks that cost more or less are not in it.</summary>
public sealed record CostLimit
{
    /// <summary>The cost that is limited: <c>multiply-adds</c>, <c>parameters</c> or <c>memory</c>.</summary>
    public string Cost { get; init; } = FileCosts.MultiplyAdds;

    /// <summary>The most of it. Default: no limit.</summary>
    public double? AtMost { get; init; }

    /// <summary>The least of it. Default: no limit.</summary>
    public double? AtLeast { get; init; }

    /// <summary>The name of the filter.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Excerpt.Of(Cost)}")
        + (AtLeast is { } least ? string.Create(CultureInfo.InvariantCulture, $" of at least {least}") : "")
        + (AtMost is { } most ? string.Create(CultureInfo.InvariantCulture, $" of at most {most}") : "");

    internal IEnumerable<Problem> Problems() =>
    [
        .. FileCosts.Problems(Cost),
        .. Rule.Holds(AtMost is not null || AtLeast is not null, nameof(AtMost), "a limit must say atMost or atLeast, got neither."),
        .. AtMost is { } most ? Rule.InClosed(most, 1, CostTarget.MostAmount, nameof(AtMost)) : [],
        .. AtLeast is { } least ? Rule.InClosed(least, 1, CostTarget.MostAmount, nameof(AtLeast)) : [],
        .. Rule.Holds(!(AtLeast > AtMost), nameof(AtLeast), $"must be at most atMost, {AtMost}, got {AtLeast}."),
    ];

    internal bool Keeps(CostTarget measure, INetworkSpec spec)
    {
        double cost = measure.Of(spec) ?? double.PositiveInfinity;
        return !(cost > AtMost) && !(cost < AtLeast);
    }
}
