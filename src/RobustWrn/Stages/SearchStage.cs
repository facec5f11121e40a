using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The search of an experiment: trials that were recorded, then those that the sampler proposes, until the budget is used up.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where the study is recorded.</param>
/// <param name="stages">What happens to a network.</param>
internal sealed class SearchStage(RobustExperiment experiment, ExperimentFolder folder, NetworkStages stages)
{
    private readonly Dictionary<int, Candidate> _known = [];

    /// <summary>Runs it.</summary>
    /// <param name="candidates">The baselines, whose time counts; takes the trials, in the order of their numbers.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>Why it ended, as the end of a sentence.</returns>
    public string Run(List<Candidate> candidates, CancellationToken cancellationToken)
    {
        if (experiment.Space is null)
            return "there was no search space";
        using Study<INetworkSpec> study = Open(experiment, folder);
        SearchEnd end = new(experiment, folder, study, candidates.Sum(candidate => candidate.Trained.Seconds));
        foreach (TrialRecord told in end.Counted)
            _known[told.Number] = stages.Announced(Candidate(told));
        new TrialWorker(experiment, folder, study, end, stages).Run(cancellationToken);
        candidates.AddRange(end.Counted.Select(trial => _known.TryGetValue(trial.Number, out Candidate? known) ? known : Candidate(trial)));
        return end.Reason ?? study.EndReason?.TrimEnd('.') ?? "the sampler proposed nothing more";

        Candidate Candidate(TrialRecord trial) =>
            stages.Of(trial, study.SpecOf(trial), end.RacedBy(trial.Number), cancellationToken);
    }

    /// <summary>Opens the study of an experiment.</summary>
    public static Study<INetworkSpec> Open(RobustExperiment experiment, ExperimentFolder folder) => Study.Open(
        experiment.Space!, experiment.Sampler!, experiment.Seed, new FolderStudyStore(folder.Study, experiment.Logger),
        ExperimentCheck.StudyOptionsOf(experiment));
}
