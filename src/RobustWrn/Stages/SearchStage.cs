using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The search of an experiment: trials that were recorded, then those that the sampler proposes, until the budget is used up.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where the study is recorded.</param>
/// <param name="train">
/// Trains a network of a trial, or reads what an earlier run has trained; told the outcomes of the trials that it races with.
/// </param>
internal sealed class SearchStage(
    RobustExperiment experiment,
    ExperimentFolder folder,
    Func<INetworkSpec, int, ValueList<DimensionValue>, TrialRecord?, IEnumerable<TrialOutcome>, Candidate> train)
{
    /// <summary>Runs it.</summary>
    /// <param name="candidates">The baselines, whose time counts; takes the trials, in the order they ran.</param>
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
                candidates.Add(train(study.SpecOf(record), record.Number, record.Values, record, Others(study, record.Number)));
                continue;
            }
            if (study.Ask() is not { } trial)
                return study.EndReason?.TrimEnd('.') ?? "the sampler proposed nothing more";
            Candidate candidate = train(trial.Spec, trial.Number, trial.Values, null, Others(study, trial.Number));
            if (candidate.Trained.Failure is { } failure)
                study.TellFailed(trial, failure);
            else
                study.Tell(trial, candidate.Outcome!);
            candidates.Add(candidate);
        }
    }

    // The outcomes that a trial races with: of the batches before its own, so that they are the same however many work.
    private IEnumerable<TrialOutcome> Others(Study<INetworkSpec> study, int number)
    {
        int known = experiment.BatchWidth is { } width ? number / width * width : int.MaxValue;
        return study.Trials.Where(other => other.State == TrialState.Completed && other.Number < known && other.Number != number)
            .Select(other => other.Outcome!);
    }

    private string? Ended(List<Candidate> candidates)
    {
        double seconds = candidates.Sum(candidate => candidate.Trained.Seconds);
        if (experiment.Budget.IsSpentBy(seconds))
            return string.Create(CultureInfo.InvariantCulture,
                $"the trainings had taken {seconds:0} s, the limit of {experiment.Budget.MaxTime!.Value.TotalSeconds:0} s");
        int failures = Enumerable.Reverse(candidates)
            .TakeWhile(candidate => candidate.Trial is not null && candidate.Trained.Failure is not null).Count();
        return failures < experiment.Budget.MaxFailuresInARow ? null
            : $"{Quantity.Of(failures, "trial")} in a row failed, the last one with: "
                + candidates[^1].Trained.Failure!.Split('\n')[0].Trim().TrimEnd('.');
    }
}
