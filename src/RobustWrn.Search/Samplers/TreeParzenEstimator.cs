using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The tree-structured Parzen estimator (Bergstra et al. 2011) with joint kernels over all dimensions (Falkner et al. 2018, arXiv
/// 1807.01774): of points drawn from the density of the good trials, the one at which that density is largest against the density of the
/// others.
/// </summary>
/// <remarks>
/// Good are the first trials in the order of NSGA-II, so that several objectives are possible (Ozaki et al. 2020). Failed trials and those
/// that run count among the others.
/// </remarks>
public sealed record TreeParzenEstimator : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "tpe";

    private const int Rounds = 8;

    /// <summary>The number of trials drawn at random first. Default 10 (Optuna).</summary>
    public int FirstTrials { get; init; } = 10;

    /// <summary>The number of points drawn, of which the best is proposed. Default 24 (Bergstra et al. 2013).</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>The share of trials that are good (gamma). Default 0.1 (Optuna).</summary>
    public double GoodShare { get; init; } = 0.1;

    /// <summary>The most trials that count as good. Default 25 (Bergstra et al. 2013).</summary>
    public int MostGood { get; init; } = 25;

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(FirstTrials), .. Rule.Positive(Candidates), .. Rule.ProperShare(GoodShare), .. Rule.Positive(MostGood)];

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        if (context.Told.Count < 2 || context.Number < FirstTrials)
            return untried.Draw(draws);
        int good = Math.Min((int)Math.Ceiling(GoodShare * context.Told.Count), MostGood);
        HashSet<int> best = [.. NonDominatedSorting.Best(context.Told, good).Select(trial => trial.Number)];
        ParzenDensity near = new(context.Space, [.. context.Told.Where(trial => best.Contains(trial.Number)).Select(trial => trial.Point)]);
        ParzenDensity far = new(
            context.Space,
            [.. context.History.Where(trial => !best.Contains(trial.Number)).Select(trial => trial.Point)]);
        // Where all that is drawn was tried, more is drawn: the density has its mass where the good ones are.
        for (int round = 0; round < Rounds; round++)
        {
            ValueList<int>? chosen = null;
            double most = double.NegativeInfinity;
            ValueList<int>[] drawn = [.. Enumerable.Range(0, Candidates).Select(_ => near.Draw(draws))];
            foreach (ValueList<int> point in drawn.Distinct().Where(untried.Contains))
            {
                double ratio = near.LogAt(point) - far.LogAt(point);
                if (ratio > most)
                    (chosen, most) = (point, ratio);
            }
            if (chosen is not null)
                return Proposal.Of(chosen);
        }
        return untried.Draw(draws);
    }
}
