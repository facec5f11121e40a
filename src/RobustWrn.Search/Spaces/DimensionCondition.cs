using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The condition of a dimension: it counts where one before it counts itself and has one of some values. Where a dimension has several
/// conditions all must hold.
/// </summary>
/// <param name="Dimension">The index of the dimension that depends.</param>
/// <param name="Parent">The index of the dimension that it depends on, a smaller one.</param>
/// <param name="Values">The indices of the parent's values with which it counts.</param>
public sealed record DimensionCondition(int Dimension, int Parent, ValueList<int> Values)
{
    /// <summary>The two dimensions and the values.</summary>
    public override string ToString() => $"dimension {Dimension} where dimension {Parent} is one of {Values}";
}
