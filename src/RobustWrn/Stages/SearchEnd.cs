using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// When the budget of a search is used up, and which trials count then: judged by the log of the study, so that all who work on it agree.
/// </summary>
/// <param name="experiment">The budget.</param>
/// <param name="folder">Where the seconds of trainings are recorded.</param>
/// <param name="study">The study.</param>
/// <param name="baselines">Seconds that the baselines took.</param>
internal sealed class SearchEnd(RobustExperiment experiment, ExperimentFolder folder, Study<INetworkSpec> study, double baselines)
{
    private readonly Dictionary<int, double> _seconds = [];

    /// <summary>Why it ended, as the end of a sentence; null while it has not.</summary>
    public string? Reason => Judge().Reason;

    /// <summary>
    /// The trials that have ended and count: of a study that went further than this budget, those that it would have come to.
    /// </summary>
    public IReadOnlyList<TrialRecord> Counted => Judge().Counted;

    /// <summary>
    /// The outcomes that a trial races with: of the batches before its own, so that they are the same however many work.
    /// </summary>
    public IReadOnlyList<TrialOutcome> RacedBy(int number)
    {
        if (experiment.RankingSuite is null)
            return [];
        int known = experiment.BatchWidth is { } width ? number / width * width : int.MaxValue;
        return
        [
            .. study.Trials.Where(other => other.State == TrialState.Completed && other.Number < known && other.Number != number)
                .Select(other => other.Outcome!),
        ];
    }

    private (IReadOnlyList<TrialRecord> Counted, string? Reason) Judge()
    {
        List<TrialRecord> counted = [];
        double seconds = baselines;
        int failures = 0;
        // With several workers some trials end before others that were asked earlier, which may yet succeed.
        bool isComplete = true;
        if (Spent(seconds) is { } early)
            return (counted, early);
        foreach (TrialRecord trial in study.Trials)
        {
            if (trial.Number >= experiment.Budget.MaxTrials)
                break;
            if (trial.State == TrialState.Pending)
            {
                isComplete = false;
                continue;
            }
            counted.Add(trial);
            failures = trial.State == TrialState.Failed ? failures + 1 : 0;
            if (experiment.Budget.MaxTime is not null)
                seconds += SecondsOf(trial);
            if ((isComplete && failures >= experiment.Budget.MaxFailuresInARow ? TooMany(failures, trial) : Spent(seconds)) is { } reason)
                return (counted, reason);
        }
        return (counted, null);
    }

    private static string TooMany(int failures, TrialRecord last) => $"{Quantity.Of(failures, "trial")} in a row failed, the last one with: "
        + last.FailureReason!.Split('\n')[0].Trim().TrimEnd('.');

    private string? Spent(double seconds) => !experiment.Budget.IsSpentBy(seconds) ? null : string.Create(CultureInfo.InvariantCulture,
        $"the trainings had taken {seconds:0} s, the limit of {experiment.Budget.MaxTime!.Value.TotalSeconds:0} s");

    private double SecondsOf(TrialRecord trial)
    {
        if (!_seconds.TryGetValue(trial.Number, out double seconds))
        {
            _seconds[trial.Number] = seconds =
                (trial.State == TrialState.Failed ? null : new NetworkRun(experiment, study.SpecOf(trial), 0, folder).Seconds)
                    ?? trial.Seconds ?? 0;
        }
        return seconds;
    }
}
