namespace RobustWrn.Attacks;

/// <summary>The lengths of vectors that this library has.</summary>
public static class VectorNorm
{
    /// <summary>Sum of absolute values.</summary>
    public static IVectorNorm L1 { get; } = new L1Norm();

    /// <summary>Euclidean length.</summary>
    public static IVectorNorm L2 { get; } = new L2Norm();

    /// <summary>Largest absolute value.</summary>
    public static IVectorNorm Linf { get; } = new LinfNorm();
}
