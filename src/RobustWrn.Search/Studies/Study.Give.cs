using RobustWrn.Core;

namespace RobustWrn.Search;

public sealed partial class Study<TSpec>
{
    /// <summary>
    /// Begins with networks that were measured elsewhere (a warm start), or that are to be tried before the sampler is asked; they count as
    /// trials. What the study has already is left out, so that a program that is run again may give them again.
    /// </summary>
    /// <param name="known">The networks, in the order in which they become trials; of equal ones the first counts.</param>
    /// <returns>The number of trials that are new.</returns>
    /// <exception cref="InvalidDescriptionException">
    /// Some are none of the space, or lack a measure of an objective; all are listed.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Some are new, and the sampler of a study in batches has begun: what it proposes must not depend on when they are given.
    /// </exception>
    public int Give(IEnumerable<KnownTrial> known)
    {
        ArgumentNullException.ThrowIfNull(known);
        IReadOnlyList<TrialAsked> given = new GivenTrials<TSpec>(_space, Header).Of(known);
        lock (_asking)
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                int added = _log.Give(given);
                Signal();
                return added;
            }
    }
}
