using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Chooses the point to try next. What it proposes depends only on the context, never on the clock or on calls before, so that a resumed
/// study proposes what an uninterrupted one does.
/// </summary>
public interface ISampler : IDescription
{
    /// <summary>True where other seeds propose other points.</summary>
    bool DependsOnSeed { get; }

    /// <summary>The next point: kept by the space and, for samplers that do not repeat, not among the trials before.</summary>
    /// <param name="context">The space, the trials before and the randomness of this trial.</param>
    /// <exception cref="InvalidDescriptionException">The sampler has problems.</exception>
    Proposal Propose(SamplerContext context);
}
