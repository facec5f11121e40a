namespace RobustWrn.Attacks;

/// <summary>A length of vectors.</summary>
public enum VectorNorm
{
    /// <summary>Sum of absolute values.</summary>
    L1,

    /// <summary>Euclidean length.</summary>
    L2,

    /// <summary>Largest absolute value.</summary>
    Linf,
}
