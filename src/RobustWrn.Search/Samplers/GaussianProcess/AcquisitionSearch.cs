using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Looks for the untried point of the largest gain: among random ones and the neighbours of the best trials, and from the best of these up
/// along neighbours.
/// </summary>
internal sealed class AcquisitionSearch(SamplerContext context, UntriedPoints untried, Func<ValueList<int>, double> gain)
{
    private const int Elite = 5, Climbs = 4, Rounds = 20;

    // A space of which a candidate in fifty may be proposed is looked through so far.
    private const int TriesEach = 50;

    private readonly Dictionary<ValueList<int>, double> _gains = [];
    private readonly HashSet<string> _networks = [];

    public ValueList<int>? Best(RandomSequence draws, int candidates)
    {
        foreach (Observation best in NonDominatedSorting.Best(context.Told, Elite))
            Look(context.Space.Neighbours(best.Point));
        for (int i = 0, found = 0; i < candidates * TriesEach && found < candidates; i++)
            found += Look(context.Space.Draw(draws)) ? 1 : 0;
        ValueList<int>[] starts = [.. _gains.OrderByDescending(pair => pair.Value).Take(Climbs).Select(pair => pair.Key)];
        foreach (ValueList<int> start in starts)
        {
            ValueList<int> top = start;
            for (int round = 0; round < Rounds; round++)
            {
                Look(context.Space.Neighbours(top));
                ValueList<int>? next = context.Space.Neighbours(top).Where(_gains.ContainsKey).MaxBy(point => _gains[point]);
                if (next is null || _gains[next] <= _gains[top])
                    break;
                top = next;
            }
        }
        return _gains.Count == 0 ? null : _gains.MaxBy(pair => pair.Value).Key;
    }

    private void Look(IEnumerable<ValueList<int>> points)
    {
        foreach (ValueList<int> point in points)
            Look(point);
    }

    private bool Look(ValueList<int> point)
    {
        if (_gains.ContainsKey(point) || !untried.Contains(point) || !_networks.Add(context.Space.IdentityOf(point)))
            return false;
        _gains.Add(point, gain(point));
        return true;
    }
}
