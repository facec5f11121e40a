using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The points of a space that are kept and whose network no trial before has: what a sampler may propose. Made anew for each proposal.
/// </summary>
/// <param name="context">The space and the trials before.</param>
public sealed class UntriedPoints(SamplerContext context)
{
    // Enough that a space of which one point in ten is left needs a list once in 37,000 trials.
    private const int TriesBeforeListing = 100;

    // Candidates made of good trials; after so many, these have nothing new left around them.
    private const int CandidateTries = 100;

    private readonly SpaceShape _space = context.Space;
    private readonly HashSet<ValueList<int>> _points = [.. context.History.Select(trial => trial.Point)];
    private readonly HashSet<string> _networks = [.. context.History.Select(trial => trial.Identity)];

    /// <summary>Tells whether a trial before has this very point.</summary>
    /// <param name="point">One value index per dimension.</param>
    public bool IsTried(ValueList<int> point) => _points.Contains(point);

    /// <summary>Tells whether a point may be proposed.</summary>
    /// <param name="point">One value index per dimension.</param>
    public bool Contains(ValueList<int> point) =>
        !IsTried(point) && _space.Keeps(point) && !_networks.Contains(_space.IdentityOf(point));

    /// <summary>
    /// A point, uniformly: drawn until one may be proposed, and in spaces of at most <see cref="SpaceShape.EnumerationLimit"/> points
    /// listed
    /// when that takes long.
    /// </summary>
    /// <param name="draws">The randomness.</param>
    /// <param name="tries">How many draws a space gets that is too large to list.</param>
    /// <param name="remedy">What the user can do when nothing was found.</param>
    public Proposal Draw(RandomSequence draws, int tries = 100_000, string remedy = "Narrow the dimensions.")
    {
        ArgumentNullException.ThrowIfNull(draws);
        if (_space.Points.IsZero)
            return Proposal.Exhausted;
        bool listed = _space.Points <= SpaceShape.EnumerationLimit;
        for (int i = 0; i < (listed ? TriesBeforeListing : tries); i++)
        {
            ValueList<int> point = _space.Draw(draws);
            if (Contains(point))
                return Proposal.Of(point);
        }
        if (!listed)
            return Proposal.None(string.Create(CultureInfo.InvariantCulture,
                $"{tries:N0} random points of {_space.Points:N0} were tried before or are rejected by the filters. {remedy}"));
        ValueList<int>[] left = [.. Listed()];
        return left.Length == 0 ? Proposal.Exhausted : Proposal.Of(left[draws.NextInt(left.Length)]);
    }

    /// <summary>The first of some candidates that may be proposed; where none of a hundred may, a point drawn uniformly.</summary>
    /// <param name="candidate">Makes a candidate.</param>
    /// <param name="draws">The randomness of the point that is drawn.</param>
    public Proposal FirstOf(Func<ValueList<int>> candidate, RandomSequence draws)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        for (int i = 0; i < CandidateTries; i++)
        {
            ValueList<int> point = candidate();
            if (Contains(point))
                return Proposal.Of(point);
        }
        return Draw(draws);
    }

    /// <summary>All of them, in the order of the grid. Look at <see cref="SpaceShape.Points"/> first.</summary>
    public IEnumerable<ValueList<int>> Listed() => _space.Grid().Where(Contains);

    /// <summary>Those that differ from a point in one dimension, in the order of dimensions and values.</summary>
    /// <param name="point">One value index per dimension.</param>
    public IEnumerable<ValueList<int>> Neighbours(ValueList<int> point) => _space.Neighbours(point).Where(Contains);
}
