using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>Runs an experiment on the calling thread: baselines, trials, selection on validation, then the test split.</summary>
internal sealed class ExperimentRun
{
    private readonly RobustExperiment _experiment;
    private readonly IProgress<ExperimentProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly ExperimentFolder _folder;
    private readonly NetworkStages _stages;
    private readonly List<Candidate> _candidates = [];

    private ExperimentRun(
        RobustExperiment experiment, ExperimentFolder folder, IProgress<ExperimentProgress>? progress, CancellationToken cancellationToken)
    {
        (_experiment, _folder, _progress, _cancellationToken) = (experiment, folder, progress, cancellationToken);
        _stages = new NetworkStages(experiment, folder, progress);
    }

    public static ExperimentResult Execute(RobustExperiment experiment, IProgress<ExperimentProgress>? progress, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        using ExperimentFolder folder = ExperimentFolder.Open(experiment.Folder, ExperimentCheck.Settings(experiment), experiment.Logger);
        return new ExperimentRun(experiment, folder, progress, cancellationToken).Execute();
    }

    private ExperimentResult Execute()
    {
        ExperimentLog.Started(_experiment.Logger, _folder.Path, _experiment.Space is null ? 0 : _experiment.Budget.MaxTrials, _experiment.Baselines.Count);
        foreach (INetworkSpec baseline in _experiment.Baselines)
            _candidates.Add(IsSpent ? _stages.NotTrained(baseline) : _stages.Baseline(baseline, _cancellationToken));
        string ended = new SearchStage(_experiment, _folder, _stages, _progress).Run(_candidates, _cancellationToken);
        Candidate[] finalists = Finalists.Of(_experiment, _candidates,
            candidate => _stages.Audit(candidate, _cancellationToken),
            (candidate, others) => _stages.GoOn(candidate, others, _cancellationToken));
        ExperimentLog.Selected(_experiment.Logger, ended, finalists.Length);
        int reads = Test(finalists);
        _folder.ThrowIfLost();
        ExperimentResult result = Result(ended, reads);
        _progress?.Report(new ExperimentProgress { Stage = ExperimentStage.Finished, Fraction = 1, Result = result });
        return result;
    }

    private bool IsSpent => _experiment.Budget.IsSpentBy(_candidates.Sum(candidate => candidate.Trained.Seconds));

    private int Test(Candidate[] finalists)
    {
        IImageSource? images = null;
        int reads = 0;
        foreach (Candidate candidate in finalists)
        {
            for (int replicate = 0; replicate < _experiment.Replicates; replicate++)
            {
                _cancellationToken.ThrowIfCancellationRequested();
                TrainedNetwork trained = candidate.Trained;
                if (replicate > 0)
                {
                    trained = _stages.Train(candidate.Spec, candidate.Trial, replicate, _cancellationToken);
                    candidate.TrainingSeconds += trained.Seconds;
                    if (trained.Failure is not null)
                    {
                        ExperimentLog.Failed(_experiment.Logger, candidate.Spec.Name, candidate.Trial, trained.Failure);
                        continue;
                    }
                }
                IProgress<EvaluationProgress>? progress =
                    _stages.Evaluating(ExperimentStage.Testing, candidate.Spec.Name, candidate.Trial, replicate);
                RobustnessResult result = new NetworkRun(_experiment, candidate.Spec, replicate, _folder)
                    .Test(trained, () => images ??= _experiment.Data.Test.Open(), progress, _cancellationToken);
                reads++;
                candidate.Add(replicate, result);
                ExperimentLog.Tested(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{result.Robust}", $"{result.Clean}");
                foreach (AuditFinding finding in result.Audit?.Findings ?? [])
                    ExperimentLog.Doubted(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{finding.Severity}", $"{finding}");
                _stages.Evaluated(ExperimentStage.Testing, candidate, replicate);
            }
        }
        return reads;
    }

    private ExperimentResult Result(string ended, int reads) => new()
    {
        Settings = ExperimentCheck.Settings(_experiment),
        EndedBecause = ended,
        Networks = _candidates.Select(candidate => candidate.Result()).ToValueList(),
        TestReads = reads,
        Notes = ResultNotes.For(_experiment, _candidates.Count(candidate => candidate.Trained.Failure is not null),
            _candidates.Count(candidate => candidate.IsSuspect), _candidates.Count(candidate => candidate.Pruned is not null)).ToValueList(),
        Timing = new ExperimentTiming(
            TimeProvider.System.GetUtcNow(),
            _candidates.Select(candidate => Math.Round(candidate.TrainingSeconds, 3)).ToValueList(),
            _candidates.Select(candidate => Math.Round(candidate.TestSeconds, 3)).ToValueList(),
            TorchRuntime.Describe().ToString())
        {
            Folder = _experiment.Folder,
            OtherTestReads = _folder.OtherTests(_candidates.SelectMany(candidate => candidate.Result().Test)
                .Select(outcome => outcome.Weights!)),
        },
    };
}
