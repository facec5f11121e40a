using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>Runs an experiment on the calling thread: baselines, trials, selection on validation, then the test split.</summary>
internal sealed class ExperimentRun
{
    private readonly RobustExperiment _experiment;
    private readonly IProgress<ExperimentProgress>? _progress;
    private readonly CancellationToken _cancellationToken;
    private readonly ExperimentFolder _folder;
    private readonly List<Candidate> _candidates = [];

    // Of the stage under way: whether it goes on from an earlier run, or all of it was read from the record.
    // Each report of work says it anew.
    private bool _resumed;

    private ExperimentRun(RobustExperiment experiment, ExperimentFolder folder, IProgress<ExperimentProgress>? progress, CancellationToken cancellationToken) =>
        (_experiment, _folder, _progress, _cancellationToken) = (experiment, folder, progress, cancellationToken);

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
            _candidates.Add(Train(baseline, null, []));
        string ended = Search();
        // A trial whose record was lost is asked last, and is the same trial.
        Candidate[] ordered = [.. _candidates.OrderBy(candidate => candidate.Trial ?? -1)];
        _candidates.Clear();
        _candidates.AddRange(ordered);
        MarkFront();
        Candidate[] finalists = [.. _candidates.Where(candidate => candidate.Trained.Failure is null && (candidate.OnFront || candidate.Trial is null))];
        ExperimentLog.Selected(_experiment.Logger, ended, finalists.Length);
        int reads = Test(finalists);
        _folder.ThrowIfLost();
        ExperimentResult result = Result(ended, reads);
        _progress?.Report(new ExperimentProgress { Stage = ExperimentStage.Finished, Fraction = 1, Result = result });
        return result;
    }

    private string Search()
    {
        if (_experiment.Space is not { } space)
            return "there was no search space";
        using Study<INetworkSpec> study = Study.Open(space, _experiment.Sampler!, _experiment.Seed,
            new FolderStudyStore(_folder.Study, _experiment.Logger),
            _experiment.Budget.MaxTrials, logger: _experiment.Logger);
        double seconds = 0;
        // Of a study that went further than this budget, the trials count that it would have come to.
        Queue<TrialRecord> told = new(study.Trials.Where(trial => trial.State != TrialState.Pending
            && trial.Number < _experiment.Budget.MaxTrials));
        while (true)
        {
            if (_experiment.Budget.MaxTime is { } limit && seconds >= limit.TotalSeconds)
                return string.Create(CultureInfo.InvariantCulture,
                    $"the trials had taken {seconds:0} s, the limit of {limit.TotalSeconds:0} s");
            if (told.TryDequeue(out TrialRecord? record))
            {
                seconds += Add(Again(record, study.SpecOf(record)));
                continue;
            }
            if (study.Ask() is not { } trial)
                return study.EndReason?.TrimEnd('.') ?? "the sampler proposed nothing more";
            Candidate candidate = Train(trial.Spec, trial.Number, trial.Values);
            if (candidate.Trained.Failure is { } failure)
                study.TellFailed(trial, failure);
            else
                study.Tell(trial, new TrialOutcome(candidate.Trained.ValidationRobust!.Value) { Measures = [new Measure("clean accuracy", candidate.Trained.ValidationClean!.Value.Value)] });
            seconds += Add(candidate);
        }

        double Add(Candidate candidate)
        {
            _candidates.Add(candidate);
            return candidate.Trained.Seconds;
        }
    }

    private Candidate Again(TrialRecord record, INetworkSpec spec)
    {
        Candidate candidate = Train(spec, record.Number, record.Values);
        if (candidate.Trained.ValidationRobust != record.Score)
            ExperimentLog.OtherOutcome(_experiment.Logger, record.Number, $"{record.Score?.ToString() ?? "that it failed"}",
                $"{candidate.Trained.ValidationRobust?.ToString() ?? "failed"}");
        return candidate;
    }

    private Candidate Train(INetworkSpec spec, int? trial, ValueList<DimensionValue> values)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        Candidate candidate = new(spec, spec.Cost(_experiment.Data.Training.Train.Height, _experiment.Data.Training.Train.Width), trial, values,
            Train(spec, trial, 0), replicate => _folder.Network(_experiment, spec, replicate).WeightsInRecord);
        if (candidate.Trained.Failure is { } failure)
            ExperimentLog.Failed(_experiment.Logger, spec.Name, trial, failure);
        else
            ExperimentLog.Trained(_experiment.Logger, spec.Name, trial, $"{candidate.Trained.ValidationRobust}", $"{candidate.Trained.ValidationClean}", candidate.Trained.Seconds);
        _progress?.Report(new ExperimentProgress
        {
            Stage = ExperimentStage.Training,
            Network = spec.Name,
            Trial = trial,
            Fraction = 1,
            IsResumed = _resumed,
            Finished = candidate.Result(),
        });
        return candidate;
    }

    private TrainedNetwork Train(INetworkSpec spec, int? trial, int replicate)
    {
        _resumed = true;
        IProgress<TrainingProgress>? progress = _progress is null ? null : new ImmediateProgress<TrainingProgress>(report => _progress.Report(new ExperimentProgress
        {
            Stage = ExperimentStage.Training,
            Network = spec.Name,
            Trial = trial,
            Replicate = replicate,
            Fraction = (report.Epoch - 1 + (double)report.Step / report.Steps) / report.Epochs,
            Training = report,
            IsResumed = _resumed = report.IsResumed,
        }));
        return new NetworkRun(_experiment, spec, replicate, _folder).Train(progress, _cancellationToken);
    }

    private void MarkFront()
    {
        Candidate[] trained = [.. _candidates.Where(candidate => candidate.Trained.Failure is null)];
        HashSet<Candidate> front = [.. ParetoFront.Of(trained,
            ParetoObjective.Maximise<Candidate>("robust accuracy", candidate => candidate.Trained.ValidationRobust!.Value.Value),
            ParetoObjective.Maximise<Candidate>("clean accuracy", candidate => candidate.Trained.ValidationClean!.Value.Value),
            ParetoObjective.Minimise<Candidate>("parameters", candidate => candidate.Cost.Parameters),
            ParetoObjective.Minimise<Candidate>("MACs", candidate => candidate.Cost.MultiplyAdds))];
        foreach (Candidate candidate in trained)
            candidate.OnFront = front.Contains(candidate);
    }

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
                    trained = Train(candidate.Spec, candidate.Trial, replicate);
                    candidate.TrainingSeconds += trained.Seconds;
                    if (trained.Failure is not null)
                    {
                        ExperimentLog.Failed(_experiment.Logger, candidate.Spec.Name, candidate.Trial, trained.Failure);
                        continue;
                    }
                }
                int current = replicate;
                _resumed = true;
                IProgress<EvaluationProgress>? progress = _progress is null ? null : new ImmediateProgress<EvaluationProgress>(report => _progress.Report(new ExperimentProgress
                {
                    Stage = ExperimentStage.Testing,
                    Network = candidate.Spec.Name,
                    Trial = candidate.Trial,
                    Replicate = current,
                    Fraction = (double)report.Done / report.Total,
                    Evaluation = report,
                    IsResumed = _resumed = report.IsResumed,
                }));
                RobustnessResult result = new NetworkRun(_experiment, candidate.Spec, replicate, _folder)
                    .Test(trained, () => images ??= _experiment.Data.Test.Open(), progress, _cancellationToken);
                reads++;
                candidate.Add(replicate, result);
                ExperimentLog.Tested(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{result.Robust}", $"{result.Clean}");
                foreach (AuditFinding finding in result.Audit?.Findings ?? [])
                    ExperimentLog.Doubted(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{finding.Severity}", $"{finding}");
                _progress?.Report(new ExperimentProgress
                {
                    Stage = ExperimentStage.Testing,
                    Network = candidate.Spec.Name,
                    Trial = candidate.Trial,
                    Replicate = replicate,
                    Fraction = 1,
                    IsResumed = _resumed,
                    Finished = candidate.Result(),
                });
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
        Notes = ResultNotes.For(_experiment, _candidates.Count(candidate => candidate.Trained.Failure is not null)).ToValueList(),
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
