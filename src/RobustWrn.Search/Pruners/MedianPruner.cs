using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The median stopping rule (Golovin et al. 2017, "Google Vizier", section 3.2): ends a trial whose best value so far is below the median
/// of the mean values that completed trials had by the same step.
/// </summary>
/// <remarks>
/// With several objectives a trial ends when more than half of the completed ones come before it in the order of fronts and crowding. It
/// knows nothing of schedules: where ranks change on the way, it ends what would have been best.
/// </remarks>
public sealed record MedianPruner : IPruner
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "median";

    /// <summary>The completed trials that it must know before it ends any. Default 5, as in Optuna.</summary>
    public int StartupTrials { get; init; } = 5;

    /// <summary>The steps of a trial that it leaves alone. Default 0, as in Optuna.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The steps from one rung to the next. Default 1: the paper decides after every report.</summary>
    public int Interval { get; init; } = 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(StartupTrials), .. Rule.NotNegative(WarmupSteps), .. Rule.Positive(Interval)];

    /// <inheritdoc/>
    public ValueList<int> Rungs(TrainingLadder ladder)
    {
        this.ThrowIfInvalid();
        ladder.ThrowIfInvalid();
        List<int> rungs = [];
        for (int rung = WarmupSteps + Interval; rung < ladder.LastStep; rung += Interval)
            rungs.Add(rung);
        return [.. rungs];
    }

    /// <inheritdoc/>
    public PruningDecision Decide(PrunerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.ThrowIfInvalid();
        context.Ladder.ThrowIfInvalid();
        if (context.Rung <= WarmupSteps || context.Trial.BestBy(context.Rung) is not { } best)
            return PruningDecision.GoOn;
        (int Number, ValueList<double> Values)[] means =
        [
            .. context.Others.Where(other => other.State == TrialState.Completed)
                .Select(other => (other.Number, Values: other.MeanBy(context.Rung)))
                .Where(other => other.Values?.Count == best.Count)
                .Select(other => (other.Number, other.Values!)),
        ];
        if (means.Length < StartupTrials)
            return PruningDecision.GoOn;
        return best.Count == 1 ? ByMedian(context, best, means) : ByOrder(context, best, means);
    }

    private static PruningDecision ByMedian(
        PrunerContext context, ValueList<double> best, (int Number, ValueList<double> Values)[] means)
    {
        double[] sorted = [.. means.Select(trial => trial.Values[0]).Order()];
        int half = sorted.Length / 2;
        double median = sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        return best[0] < median
            ? PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
                $"by step {context.Rung} its best value was {PruningText.Of(best)}, below {PruningText.Of(median)}, the median of the "
                + $"means of {sorted.Length} completed trials by then"))
            : PruningDecision.GoOn;
    }

    private static PruningDecision ByOrder(
        PrunerContext context, ValueList<double> best, (int Number, ValueList<double> Values)[] means)
    {
        // Of equal ones the trial comes first.
        int place = CurveOrder.Best([.. means, (-1, best)], means.Length + 1).Index().First(item => item.Item == -1).Index;
        return 2 * place > means.Length
            ? PruningDecision.Stop(string.Create(CultureInfo.InvariantCulture,
                $"by step {context.Rung} its best values were {PruningText.Of(best)}, and the means of {place} of {means.Length} completed "
                + $"trials by then come before them"))
            : PruningDecision.GoOn;
    }
}
