namespace RobustWrn.Search;

/// <summary>The kind of a dimension: what may be assumed of its values.</summary>
public enum DimensionKind
{
    /// <summary>No value is nearer to one than to another.</summary>
    Categorical,

    /// <summary>Numbers in rising or falling order: neighbours in the list are alike.</summary>
    Ordered,
}
