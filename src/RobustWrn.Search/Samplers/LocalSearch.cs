using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Hill climbing with restarts (White et al. 2021, arXiv 2005.02960): neighbours, which differ in one dimension, in random order; the first
/// better one is the next to have its neighbours tried. Where all of them are known it starts again at random. Several objectives count as
/// one, a weighting of them that each run draws.
/// </summary>
public sealed record LocalSearch : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "local-search";

    /// <summary>
    /// The number of random trials that a run starts with; the best of them is where it climbs. Default 10 (White et al. 2021).
    /// </summary>
    public int FirstTrials { get; init; } = 10;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(FirstTrials);

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        if (Replayed(context) is { } top)
        {
            ValueList<int>[] neighbours = [.. untried.Neighbours(top.Point)];
            if (neighbours.Length > 0)
                return Proposal.Of(neighbours[draws.NextInt(neighbours.Length)]);
        }
        return untried.Draw(draws);
    }

    // Where the climb stands: the log says all, so that a study that was killed climbs on.
    private Observation? Replayed(SamplerContext context)
    {
        Dictionary<string, int> known = [];
        foreach (Observation trial in context.History)
            known.TryAdd(trial.Identity, trial.Number);
        Observation? top = null;
        int first = 0, surrounded = int.MaxValue;
        double[] weights = Weights(context, 0);
        foreach (Observation trial in context.History)
        {
            // Of a trial of the first batch nobody knows better; behind the last neighbour a new run begins.
            if (top is not null && trial.Number > surrounded)
                (top, first, surrounded, weights) = (null, trial.Number, int.MaxValue, Weights(context, trial.Number));
            if (!trial.IsTold || (top is not null && !IsBetter(trial, top, weights)))
                continue;
            top = trial;
            surrounded = Math.Max(first + FirstTrials - 1, Surrounded(context.Space, trial, known));
        }
        return top is null || context.Number > surrounded || context.Number < first + FirstTrials ? null : top;
    }

    // The number of the trial that was the last of the neighbours; none while one is unknown.
    private static int Surrounded(SpaceShape space, Observation top, Dictionary<string, int> known)
    {
        int last = top.Number;
        foreach (ValueList<int> neighbour in space.Neighbours(top.Point).Where(space.Keeps))
        {
            if (!known.TryGetValue(space.IdentityOf(neighbour), out int number))
                return int.MaxValue;
            last = Math.Max(last, number);
        }
        return last;
    }

    private static double[] Weights(SamplerContext context, int run)
    {
        if (context.Objectives <= 1)
            return [1];
        RandomSequence draws = context.Study.For("weights").At(run).Sequence();
        return [.. Enumerable.Range(0, context.Objectives).Select(_ => -Math.Log(1 - draws.NextDouble()))];
    }

    private static bool IsBetter(Observation trial, Observation top, double[] weights) => trial.Violation != top.Violation
        ? trial.Violation < top.Violation
        : Value(trial, weights) > Value(top, weights);

    private static double Value(Observation trial, double[] weights) => trial.Values.Zip(weights, (value, weight) => value * weight).Sum();
}
