using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A dimension of a space from a file.</summary>
public sealed record FileDimension
{
    /// <summary>
    /// The part that it varies: <c>stages[2].width</c> or <c>stages[^1].width</c> for one stage, <c>stages.depth</c> for all of them tied,
    /// <c>activation</c>, <c>stem.width</c>. A target that is not known is told with those that are.
    /// </summary>
    public string Target { get; init; } = "";

    /// <summary>Its name, unique in the space. Default: its target.</summary>
    public string? Name { get; init; }

    /// <summary>Its values, all different.</summary>
    public ValueList<FileValue> Values { get; init; } = [];

    /// <summary>The kind of the dimension, which samplers go by. Default, when null: what its values show.</summary>
    public DimensionKind? Kind { get; init; }

    /// <summary>When it counts; all must hold. Default: always.</summary>
    public ValueList<FileCondition> When { get; init; } = [];

    internal string Title => Name ?? Target;

    /// <summary>Its name and the first values.</summary>
    public override string ToString() => $"{Excerpt.Of(Title)}: {Excerpt.List([.. Values.Select(value => value.ToString())], most: 6)}";
}
