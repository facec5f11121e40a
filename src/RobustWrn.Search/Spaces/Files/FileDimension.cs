using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A dimension of a space from a file.</summary>
public sealed record FileDimension
{
    /// <summary>
    /// What it varies: <c>stages[2].width</c> or <c>stages[^1].width</c> for one stage, <c>stages.depth</c> for all of them tied,
    /// <c>activation</c>, <c>stem.width</c>. A target that is not known is told with those that are.
    /// </summary>
    public string Target { get; init; } = "";

    /// <summary>Its name, unique in the space. Default: its target.</summary>
    public string? Name { get; init; }

    /// <summary>Its values, all different.</summary>
    public ValueList<FileValue> Values { get; init; } = [];

    /// <summary>What samplers may assume of the values. Default, when null: what they show.</summary>
    public DimensionKind? Kind { get; init; }

    /// <summary>When it counts; all must hold. Default: always.</summary>
    public ValueList<FileCondition> When { get; init; } = [];

    internal string Title => Name ?? Target;

    /// <summary>Its name and the first values.</summary>
    public override string ToString() => $"{Excerpt.Of(Title)}: {Excerpt.List([.. Values.Select(value => value.ToString())], most: 6)}";
}
