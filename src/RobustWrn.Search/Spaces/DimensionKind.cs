namespace RobustWrn.Search;

/// <summary>What a sampler may assume of the values of a dimension.</summary>
public enum DimensionKind
{
    /// <summary>No value is nearer to one than to another.</summary>
    Categorical,

    /// <summary>Numbers in rising or falling order: neighbours in the list are alike.</summary>
    Ordered,
}
