using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The search of an experiment: trials that were recorded, then those that the sampler proposes, until the budget is used up.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where the study is recorded.</param>
/// <param name="train">Trains a network of a trial, or reads what an earlier run has trained.</param>
/// <param name="seconds">The time that baselines have taken.</param>
internal sealed class SearchStage(
    RobustExperiment experiment,
    ExperimentFolder folder,
    Func<INetworkSpec, int, ValueList<DimensionValue>, TrialRecord?, Candidate> train,
    double seconds)
{
    private double _seconds = seconds;
    private int _failures;

    /// <summary>Runs it.</summary>
    /// <param name="candidates">Takes the trials, in the order they ran.</param>
    /// <returns>Why it ended, as the end of a sentence.</returns>
    public string Run(List<Candidate> candidates)
    {
        if (experiment.Space is not { } space)
            return "there was no search space";
        using Study<INetworkSpec> study = Study.Open(space, experiment.Sampler!, experiment.Seed,
            new FolderStudyStore(folder.Study, experiment.Logger), ExperimentCheck.StudyOptionsOf(experiment));
        // Of a study that went further than this budget, the trials count that it would have come to.
        Queue<TrialRecord> told = new(study.Trials.Where(trial => trial.State != TrialState.Pending
            && trial.Number < experiment.Budget.MaxTrials));
        while (true)
        {
            if (Ended(candidates) is { } reason)
                return reason;
            if (told.TryDequeue(out TrialRecord? record))
            {
                Add(candidates, train(study.SpecOf(record), record.Number, record.Values, record));
                continue;
            }
            if (study.Ask() is not { } trial)
                return study.EndReason?.TrimEnd('.') ?? "the sampler proposed nothing more";
            Candidate candidate = train(trial.Spec, trial.Number, trial.Values, null);
            if (candidate.Trained.Failure is { } failure)
                study.TellFailed(trial, failure);
            else
                study.Tell(trial, candidate.Outcome!);
            Add(candidates, candidate);
        }
    }

    private void Add(List<Candidate> candidates, Candidate candidate)
    {
        candidates.Add(candidate);
        _seconds += candidate.Trained.Seconds;
        _failures = candidate.Trained.Failure is null ? 0 : _failures + 1;
    }

    private string? Ended(List<Candidate> candidates)
    {
        if (experiment.Budget.MaxTime is { } limit && _seconds >= limit.TotalSeconds)
            return string.Create(CultureInfo.InvariantCulture,
                $"the trainings had taken {_seconds:0} s, the limit of {limit.TotalSeconds:0} s");
        return _failures < experiment.Budget.MaxFailuresInARow ? null
            : $"{Quantity.Of(_failures, "trial")} in a row failed, the last one with: "
                + candidates[^1].Trained.Failure!.Split('\n')[0].Trim().TrimEnd('.');
    }
}
