namespace RobustWrn.Search;

/// <summary>
/// The test by which a trial ends before ranks are settled: of the trials whose curves were most similar to its own by the same step, so
/// few stood among the best later that one with the prospects of any would hardly have such company.
/// </summary>
internal sealed class Prospects
{
    private readonly int _reduction;
    private readonly double _doubt;

    /// <summary>The test.</summary>
    /// <param name="reduction">One in so many counts as best.</param>
    /// <param name="doubt">The largest binomial probability of as few of the best among as many similar trials.</param>
    public Prospects(int reduction, double doubt) => (_reduction, _doubt) = (reduction, doubt);

    /// <summary>The similar trials that speak against a trial; null where none do, or it is unlike them.</summary>
    /// <param name="curves">The trials.</param>
    /// <param name="trial">The place of the trial.</param>
    /// <param name="step">The step at which it stands.</param>
    /// <param name="levels">What others came to later.</param>
    /// <returns>Similar trials, those of them among the best, and how many count as best.</returns>
    public (int Similar, int Best, int Kept)? Judge(CurveTable curves, int trial, int step, ExpectedLevels levels)
    {
        // Fewer would make a best third of two.
        if (levels.Count < _reduction * _reduction)
            return null;
        int kept = levels.Count / _reduction;
        HashSet<int> best = [.. levels.Best(kept)];
        int[] known = [.. Enumerable.Range(0, curves.Count).Where(at => levels.Has(curves[at].Number))];
        int[] nearest = curves.Nearest(trial, known, step);
        Dictionary<int, int[]> around = [];
        int found = 0;
        // The last third is not similar, whatever it is.
        for (int similar = 1; similar <= 2 * nearest.Length / 3; similar++)
        {
            found += best.Contains(curves[nearest[similar - 1]].Number) ? 1 : 0;
            if (AtMost(found, similar) <= _doubt && IsAmong(nearest[..similar]))
                return (similar, found, kept);
        }
        return null;

        // As near to the last of the similar ones as they themselves, in the median, to as many others.
        bool IsAmong(int[] similar)
        {
            double[] theirs =
            [
                .. similar.Select(at => curves.Distance(at, Around(at)[similar.Length - 1], step)).Order(),
            ];
            return curves.Distance(trial, similar[^1], step) <= theirs[similar.Length / 2];
        }

        int[] Around(int at) => around.TryGetValue(at, out int[]? others) ? others : around[at] = curves.Nearest(at, known, step);
    }

    // The binomial probability of at most so many among so many trials.
    private double AtMost(int found, int trials)
    {
        double chance = 1.0 / _reduction, term = Math.Pow(1 - chance, trials), sum = term;
        for (int i = 1; i <= found; i++)
        {
            term *= (trials - i + 1.0) / i * chance / (1 - chance);
            sum += term;
        }
        return sum;
    }
}
