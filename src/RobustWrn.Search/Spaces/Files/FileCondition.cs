using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>When a dimension of a file counts: where one before it has certain values.</summary>
public sealed record FileCondition
{
    /// <summary>The name of the dimension that decides.</summary>
    public string Dimension { get; init; } = "";

    /// <summary>The values of it with which the other counts, as that dimension has them.</summary>
    public ValueList<FileValue> Values { get; init; } = [];

    /// <summary>The dimension and its values.</summary>
    public override string ToString() =>
        $"{Excerpt.Of(Dimension)} is {Excerpt.List([.. Values.Select(value => value.ToString())], separator: " or ")}";
}
