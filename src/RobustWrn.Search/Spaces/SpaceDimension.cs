using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>One thing that a search space varies.</summary>
/// <param name="Name">Its name, unique in the space.</param>
/// <param name="Values">
/// Its values in order, as canonical text: a string as it is, everything else as compact JSON (<c>384</c>, <c>[1,1,2]</c>,
/// <c>{"type":"silu"}</c>).
/// </param>
public sealed record SpaceDimension(string Name, ValueList<string> Values)
{
    /// <summary>The name and the first values.</summary>
    public override string ToString() => $"{Name}: {Quantity.First(Values, 8)}";
}

/// <summary>The value that a point has in one dimension.</summary>
/// <param name="Name">The dimension.</param>
/// <param name="Value">The value's canonical text.</param>
public sealed record DimensionValue(string Name, string Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} = {Value}";
}
