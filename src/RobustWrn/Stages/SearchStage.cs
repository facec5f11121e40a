using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The search of an experiment: trials that were recorded, then those that the sampler proposes, until the budget is used up.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where the study is recorded.</param>
/// <param name="stages">What happens to a network.</param>
/// <param name="progress">Told of what workers do.</param>
internal sealed class SearchStage(
    RobustExperiment experiment, ExperimentFolder folder, NetworkStages stages, IProgress<ExperimentProgress>? progress)
{
    private readonly Dictionary<int, Candidate> _known = [];

    // The trials whose end a worker has told.
    private readonly HashSet<int> _told = [];

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
        // In a worker that comes by, an experiment that is not its own runs as in any program, on its own.
        if (experiment.Workers is not null && !WorkerRole.IsWorkerProcess && end.Reason is null
            && end.Counted.Count < experiment.Budget.MaxTrials)
        {
            new WorkerCrew(experiment, folder, Told).Run(cancellationToken);
            AnnounceRest();
        }
        // Whatever workers left, and why there is no more.
        new TrialWorker(experiment, folder, study, end, stages).Run(cancellationToken);
        candidates.AddRange(end.Counted.Select(trial => _known.TryGetValue(trial.Number, out Candidate? known) ? known : Candidate(trial)));
        return end.Reason ?? study.EndReason?.TrimEnd('.') ?? "the sampler proposed nothing more";

        // A worker that was killed may have been about to say it.
        void AnnounceRest()
        {
            foreach (TrialRecord trial in end.Counted.Where(trial => !_known.ContainsKey(trial.Number)))
            {
                Candidate candidate = _known[trial.Number] = Candidate(trial);
                if (!_told.Contains(trial.Number))
                    stages.Announced(candidate, resumed: false);
            }
        }

        Candidate Candidate(TrialRecord trial) =>
            stages.Of(trial, study.SpecOf(trial), end.RacedBy(trial.Number), cancellationToken);
    }

    private void Told(ExperimentProgress report)
    {
        if (report is { Finished.Trial: { } trial })
            _told.Add(trial);
        progress?.Report(report);
    }

    /// <summary>Opens the study of an experiment.</summary>
    public static Study<INetworkSpec> Open(RobustExperiment experiment, ExperimentFolder folder) => Study.Open(
        experiment.Space!, experiment.Sampler!, experiment.Seed, experiment.StoreAt(folder.Study),
        ExperimentCheck.StudyOptionsOf(experiment));
}
