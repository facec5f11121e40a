using MathNet.Numerics.Distributions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Bayesian optimisation with Gaussian processes: the point at which the expected improvement is largest (Jones, Schonlau and Welch 1998),
/// with several that of one weighting of them, drawn for each trial (ParEGO: Knowles 2006), and with two of them every other time the
/// expected growth of the dominated area. Trials that run count with the values expected of them (kriging believer: Ginsbourger et al.
/// 2010), failed ones with the worst. Under constraints the gain counts as far as they are probably kept (Gardner et al. 2014).
/// </summary>
public sealed record GaussianProcessSampler : ISampler
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "gaussian-process";

    // The kernel is fitted anew when the study has grown by a tenth.
    private const double Growth = 1.1;

    private const int LeastFirstTrials = 10, MostFirstTrials = 60;

    // How the weighted sum counts beside the worst objective (Knowles 2006).
    private const double Augmentation = 0.05;

    /// <summary>
    /// The number of trials drawn at random first. Null, the default, takes as many as a model without interactions has numbers to learn
    /// (one for each category but the first of a dimension, two for an ordered one: slope and bend), and at least 10: with fewer, whole
    /// categories are unknown, and the process looks where it happened to begin.
    /// </summary>
    public int? FirstTrials { get; init; }

    /// <summary>The number of random points looked at for each proposal, beside the neighbours of the best. Default 500.</summary>
    public int Candidates { get; init; } = 500;

    /// <summary>
    /// The most trials that it learns from, half of them the best and half the youngest: the work grows with the cube. Default 800.
    /// </summary>
    public int MostTrials { get; init; } = 800;

    /// <summary>
    /// Takes values by their ranks alone. Default: no, only those below the median do, so that bad networks do not decide the
    /// scale.
    /// </summary>
    public bool Ranks { get; init; }

    /// <inheritdoc/>
    public bool DependsOnSeed => true;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. FirstTrials is { } first ? Rule.Positive(first, nameof(FirstTrials)) : [],
        .. Rule.Positive(Candidates),
        .. Rule.Between(MostTrials, 2, 5_000),
    ];

    /// <inheritdoc/>
    public Proposal Propose(SamplerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        UntriedPoints untried = new(context);
        RandomSequence draws = context.Trial.Sequence();
        if (context.Told.Count < 2 || context.Number < (FirstTrials ?? Effects(context.Space)))
            return untried.Draw(draws);
        Func<ValueList<int>, double> gain = Gain(context, draws);
        AcquisitionSearch search = new(context, untried, gain);
        return search.Best(draws, Candidates) is { } point ? Proposal.Of(point) : untried.Draw(draws);
    }

    private static int Effects(SpaceShape space) => Math.Clamp(
        space.Sizes.Zip(space.Kinds, (size, kind) => kind == DimensionKind.Ordered ? Math.Min(2, size - 1) : size - 1).Sum(),
        LeastFirstTrials, MostFirstTrials);

    private Func<ValueList<int>, double> Gain(SamplerContext context, RandomSequence draws)
    {
        ValueList<Observation> told = context.Told;
        Func<ValueList<int>, double>? kept = Kept(context);
        bool[] feasible = [.. told.Select(trial => trial.IsFeasible)];
        // Nothing is good that breaks a constraint: until a trial keeps them all, that is what is looked for.
        if (kept is not null && !feasible.Contains(true))
            return kept;
        Func<ValueList<int>, double> gain = GainAlone(context, feasible, draws);
        return kept is null ? gain : point => gain(point) * kept(point);
    }

    private Func<ValueList<int>, double> GainAlone(SamplerContext context, bool[] feasible, RandomSequence draws)
    {
        ValueList<Observation> told = context.Told;
        double[][] values = [.. Enumerable.Range(0, context.Objectives).Select(o => told.Select(trial => trial.Values[o]).ToArray())];
        // With two objectives every other trial, too: small growth all along a front that is known hides a better region elsewhere.
        if (context.Objectives > 2 || (context.Objectives == 2 && context.Number % 2 == 1))
            values = [Weighted([.. values.Select(Scores)], draws)];
        if (values.Length == 1)
        {
            Believer believer = Learned(context, told, values[0], Scores);
            double best = Good(believer.Scores).Max();
            return point =>
            {
                (double mean, double deviation) = believer.Process.At(context.Space.Marked(point));
                return Improvement.Above(best, mean, deviation);
            };
        }
        Believer first = Learned(context, told, values[0], Scores), second = Learned(context, told, values[1], Scores);
        (double, double) reference = (Corner(first.Scores), Corner(second.Scores));
        (double, double)[] front = Front(Good(first.Scores), Good(second.Scores));
        return point =>
        {
            int[] marked = context.Space.Marked(point);
            return Improvement.OfArea(front, reference, first.Process.At(marked), second.Process.At(marked));
        };

        double[] Good(double[] scores) => [.. scores.Where((_, i) => feasible[i])];

        // A little below the worst, so that ends of the front count, too.
        static double Corner(double[] scores) => scores.Min() - 0.1 * (scores.Max() - scores.Min()) - 1e-9;
    }

    // The probability that all constraints are kept; null without constraints.
    private Func<ValueList<int>, double>? Kept(SamplerContext context)
    {
        if (context.Constraints == 0)
            return null;
        (GaussianProcess Process, double Limit)[] limits =
        [
            .. Enumerable.Range(0, context.Constraints).Select(c =>
            {
                double[] slack = [.. context.Told.Select(trial => -trial.Excesses[c])];
                double mean = slack.Average(), scale = Math.Sqrt(slack.Average(value => (value - mean) * (value - mean)));
                scale = scale > 0 ? scale : 1;
                Func<double[], double[]> scaled = values => [.. values.Select(value => (value - mean) / scale)];
                return (Learned(context, context.Told, slack, scaled, failedIsWorst: false).Process, -mean / scale);
            }),
        ];
        return point => limits.Aggregate(1.0, (probability, limit) =>
        {
            (double mean, double deviation) = limit.Process.At(context.Space.Marked(point));
            return probability * (deviation > 0 ? Normal.CDF(0, 1, (mean - limit.Limit) / deviation) : mean >= limit.Limit ? 1 : 0);
        });
    }

    // Values are brought to a scale twice: those that the kernel is fitted to know nothing of what came later.
    private Believer Learned(
        SamplerContext context, ValueList<Observation> told, double[] values, Func<double[], double[]> scaled, bool failedIsWorst = true)
    {
        double[] scores = scaled(values);
        int fitted = Math.Max(2, (int)Math.Round(Math.Pow(Growth, Math.Floor(Math.Log(told.Count) / Math.Log(Growth) + 1e-9))));
        fitted = Math.Min(fitted, told.Count);
        double[] before = values[..fitted];
        int[] chosen = Chosen(before), all = Chosen(values);
        double[] early = scaled(before);
        PointKernel kernel = KernelFit.Of(
            context.Space,
            [.. chosen.Select(i => context.Space.Marked(told[i].Point))],
            [.. chosen.Select(i => early[i])]);
        List<int[]> points = [.. all.Select(i => context.Space.Marked(told[i].Point))];
        List<double> known = [.. all.Select(i => scores[i])];
        double worst = scores.Min();
        foreach (Observation failed in context.History.Where(trial => failedIsWorst && trial.State == TrialState.Failed)
            .TakeLast(MostTrials / 4))
        {
            points.Add(context.Space.Marked(failed.Point));
            known.Add(worst);
        }
        GaussianProcess process = new(kernel, [.. points], [.. known]);
        Observation[] running = [.. context.History.Where(trial => trial.State == TrialState.Pending)];
        if (running.Length > 0)
        {
            GaussianProcess without = process;
            known.AddRange(running.Select(trial => without.At(context.Space.Marked(trial.Point)).Mean));
            points.AddRange(running.Select(trial => context.Space.Marked(trial.Point)));
            process = new(kernel, [.. points], [.. known]);
        }
        return new(process, scores);
    }

    private double[] Scores(double[] values) => Ranks ? NormalScores.Of(values) : WinsorizedScores.Of(values);

    private int[] Chosen(double[] values)
    {
        int[] all = [.. Enumerable.Range(0, values.Length)];
        if (all.Length <= MostTrials)
            return all;
        HashSet<int> best = [.. all.OrderByDescending(i => values[i]).ThenBy(i => i).Take(MostTrials / 2)];
        return [.. all.Where(best.Contains), .. all.Where(i => !best.Contains(i)).TakeLast(MostTrials - best.Count)];
    }

    // Of scores, not of values: what is far below the others must not decide how much the good ones differ.
    private static double[] Weighted(double[][] values, RandomSequence draws)
    {
        double[] weights = [.. values.Select(_ => -Math.Log(1 - draws.NextDouble()))];
        double sum = weights.Sum();
        return [.. Enumerable.Range(0, values[0].Length).Select(i =>
        {
            double worst = double.PositiveInfinity, total = 0;
            for (int o = 0; o < values.Length; o++)
            {
                double low = values[o].Min(), range = values[o].Max() - low;
                double part = weights[o] / sum * (range > 0 ? (values[o][i] - low) / range - 1 : 0);
                (worst, total) = (Math.Min(worst, part), total + part);
            }
            return worst + Augmentation * total;
        })];
    }

    private static (double, double)[] Front(double[] first, double[] second)
    {
        List<(double First, double Second)> front = [];
        foreach ((double First, double Second) point in first.Zip(second)
            .OrderByDescending(pair => pair.First).ThenByDescending(pair => pair.Second))
        {
            if (front.Count == 0 || point.Second > front[^1].Second)
                front.Add(point);
        }
        front.Reverse();
        return [.. front];
    }

    private sealed record Believer(GaussianProcess Process, double[] Scores);
}
