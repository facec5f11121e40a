namespace RobustWrn.Search;

/// <summary>The kind of a dimension: what may be assumed of its values.</summary>
public enum DimensionKind
{
    /// <summary>No value is nearer to one than to another.</summary>
    Categorical,

    /// <summary>Numbers in rising or falling order, or what the user says is in order: neighbours in the list are alike.</summary>
    Ordered,

    /// <summary>Off and on: two values of which neither is between others.</summary>
    Switch,
}
