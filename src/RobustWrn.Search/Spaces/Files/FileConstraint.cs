using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The hard constraint of a space from a file: all networks cost the same, and one number is solved for.</summary>
public sealed record FileConstraint
{
    /// <summary>The cost that is the same: <c>multiply-adds</c>, <c>parameters</c> or <c>memory</c>.</summary>
    public string Cost { get; init; } = FileCosts.MultiplyAdds;

    /// <summary>The amount of it. Default 5e9, near WRN-28-10's multiply-adds.</summary>
    public double Amount { get; init; } = 5e9;

    /// <summary>The largest relative distance from it. Default 0.01: 1 %.</summary>
    public double Tolerance { get; init; } = 0.01;

    /// <summary>
    /// The number that is solved for: <c>stages[^1].width</c>, <c>stages[0].depth</c>, <c>stages.width</c> for all widths by one
    /// multiplier, or
    /// <c>stages.depth</c> for one depth of all stages.
    /// </summary>
    public string Free { get; init; } = "stages[^1].width";

    /// <summary>The smallest value. Default, when null: a step for a width, 1 for a depth.</summary>
    public int? Least { get; init; }

    /// <summary>The largest value. Default, when null: 8,192 for a width, 1,000 for a depth.</summary>
    public int? Most { get; init; }

    /// <summary>The distance between widths. Default, when null: 8. Depths have none.</summary>
    public int? Step { get; init; }

    /// <summary>Cost, amount and what is solved for.</summary>
    public override string ToString() => $"{Excerpt.Of(Cost)} of {Quantity.Short(Amount)} by {Excerpt.Of(Free)}";

    internal IEnumerable<Problem> Problems(int stages) =>
    [
        .. FileCosts.Problems(Cost),
        .. Rule.InClosed(Amount, 1, CostTarget.MostAmount),
        .. Rule.InClosed(Tolerance, 0, CostTarget.MostTolerance),
        .. Rule.Holds(Number(stages) is not null, nameof(Free),
            $"must be stages[i].width or stages[i].depth of a stage that there is, stages.width or stages.depth, "
            + $"got \"{Excerpt.Of(Free)}\"."),
        .. Least is { } least ? Rule.Positive(least, nameof(Least), SpecLimits.MostChannels) : [],
        .. Most is { } most ? Rule.Positive(most, nameof(Most), SpecLimits.MostChannels) : [],
        .. Step is { } step ? Rule.Positive(step, nameof(Step), SpecLimits.MostChannels) : [],
        .. Rule.Holds(Step is null || StagePath.Of(Free)?.Property != "depth", nameof(Step),
            $"a depth has no step, got {Step}. Leave it out."),
        .. Rule.Holds(!(Least > Most), nameof(Least), $"must be at most the largest value, {Most}, got {Least}."),
    ];

    /// <summary>The number that is solved for; null where there is none of that name.</summary>
    internal FreeInteger<WideResNetSpec>? Number(int stages)
    {
        FreeInteger<WideResNetSpec>? number = StagePath.Of(Free) is not { } path ? null : (path.Property, path.IsOf(stages)) switch
        {
            ("width", true) when path.Stage is { } stage => Search.Free.Width(stage, least: Step ?? 8, step: Step ?? 8),
            ("width", true) => Search.Free.Widths(least: Step ?? 8, step: Step ?? 8),
            ("depth", true) when path.Stage is { } stage => Search.Free.Depth(stage),
            ("depth", true) => Search.Free.Depths(),
            _ => null,
        };
        return number?.Within(Least, Most);
    }
}
