using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>Finds the boundary geometry of a threat model.</summary>
public static class BoundaryGeometry
{
    private static readonly Dictionary<string, IBoundaryGeometry> ByNorm = new()
    {
        [LinfThreat.TypeName] = new LinfHyperplane(),
        [L2Threat.TypeName] = new L2Hyperplane(),
        [L1Threat.TypeName] = new L1Hyperplane(),
    };

    /// <summary>The threat itself where it is one, else the library's of its norm.</summary>
    /// <param name="threat">The threat model.</param>
    /// <exception cref="ArgumentException">The norm has none.</exception>
    public static IBoundaryGeometry Of(ThreatModel threat)
    {
        ArgumentNullException.ThrowIfNull(threat);
        return threat as IBoundaryGeometry ?? (ByNorm.TryGetValue(threat.Norm, out IBoundaryGeometry? geometry)
            ? geometry
            : throw new ArgumentException($"a boundary attack needs the norm linf, l2 or l1, got {threat.Norm}. Implement {nameof(IBoundaryGeometry)} in the threat model.", nameof(threat)));
    }
}
