using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Makes the fact of a proposal, and refuses one that a sampler must not make.</summary>
/// <param name="space">The networks.</param>
/// <param name="sampler">The sampler that proposed.</param>
internal sealed class ProposalCheck<TSpec>(SearchSpace<TSpec> space, ISampler sampler)
    where TSpec : INetworkSpec
{
    /// <summary>The fact that a point is to be tried.</summary>
    /// <param name="number">The number of the trial.</param>
    /// <param name="point">The point.</param>
    /// <param name="known">The trials before.</param>
    /// <exception cref="InvalidOperationException">The space has no such point, or its network was tried.</exception>
    public TrialAsked Asked(int number, ValueList<int> point, ValueList<Observation> known)
    {
        PointVerdict<TSpec> verdict = space.Judge(point);
        if (!verdict.Kept)
            throw new InvalidOperationException($"a sampler must propose points that the space keeps, but {Proposed(point)}, "
                + $"{Reason(verdict)}. Ask SamplerContext.Space.Keeps in the sampler.");
        string identity = space.Shape.IdentityOf(point);
        if (known.FirstOrDefault(trial => trial.Identity == identity) is { } twin)
            throw new InvalidOperationException($"a sampler must propose networks that were not tried, but {Proposed(point)}, "
                + $"the network of trial {twin.Number}. Take points from UntriedPoints in the sampler.");
        string spec = DescriptionJson.Canonical(verdict.Spec);
        return new TrialAsked
        {
            Trial = number,
            Point = point,
            Values = space.ValuesAt(point),
            Spec = spec,
            SpecFingerprint = DescriptionJson.Fingerprint(spec),
            Identity = identity,
        };
    }

    private string Proposed(ValueList<int> point) => $"{sampler.GetType().Name} proposed ({string.Join(", ", space.ValuesAt(point))})";

    private static string Reason(PointVerdict<TSpec> verdict) =>
        verdict.RejectedBy is not { } filter ? "which is no valid network"
            : verdict.Reason is null ? $"which \"{filter}\" rejects" : $"which \"{filter}\" rejects ({verdict.Reason})";
}
