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
            _candidates.Add(IsSpent ? NotTrained(baseline) : Train(baseline, null, [], null, []));
        SearchStage search = new(
            _experiment, _folder, (spec, trial, values, told, others) => Train(spec, trial, values, told, others));
        string ended = search.Run(_candidates);
        // A trial whose record was lost is asked last, and is the same trial.
        Candidate[] ordered = [.. _candidates.OrderBy(candidate => candidate.Trial ?? -1)];
        _candidates.Clear();
        _candidates.AddRange(ordered);
        Candidate[] finalists = Finalists.Of(_experiment, _candidates, Audit, GoOn);
        ExperimentLog.Selected(_experiment.Logger, ended, finalists.Length);
        int reads = Test(finalists);
        _folder.ThrowIfLost();
        ExperimentResult result = Result(ended, reads);
        _progress?.Report(new ExperimentProgress { Stage = ExperimentStage.Finished, Fraction = 1, Result = result });
        return result;
    }

    private bool IsSpent => _experiment.Budget.IsSpentBy(_candidates.Sum(candidate => candidate.Trained.Seconds));

    private Candidate NotTrained(INetworkSpec baseline)
    {
        double limit = _experiment.Budget.MaxTime!.Value.TotalSeconds;
        string failure = string.Create(CultureInfo.InvariantCulture,
            $"it was not trained: the networks before it had taken the {limit:0} s of the budget.");
        return Made(baseline, null, [], new TrainedNetwork { Failure = failure }, null);
    }

    private Candidate Made(
        INetworkSpec spec, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained, TrialOutcome? outcome)
    {
        string Weights(int replicate) => _folder.Network(_experiment, spec, replicate).WeightsInRecord;
        return new Candidate(spec, Cost(spec), trial, values, trained, Weights) { Outcome = outcome };
    }

    private NetworkCost Cost(INetworkSpec spec) => spec.Cost(_experiment.Data.Training.Train.Height, _experiment.Data.Training.Train.Width);

    // What was told of a trial holds: samplers have learned from it.
    private Candidate Train(
        INetworkSpec spec, int? trial, ValueList<DimensionValue> values, TrialRecord? told, IEnumerable<TrialOutcome> others)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        TrialOutcome? outcome = told?.Outcome;
        TrainedNetwork trained;
        if (told is { State: TrialState.Failed })
        {
            trained = new TrainedNetwork { Failure = told.FailureReason, Seconds = told.Seconds ?? 0 };
            _resumed = true;
        }
        else
        {
            trained = Train(spec, trial, 0);
        }
        Judgement? judgement = null;
        if (trained.Failure is null)
            (outcome, judgement, trained) = Measured(spec, trial, trained, told?.Outcome, others);
        else if (told is { State: TrialState.Completed })
            ExperimentLog.OtherOutcome(_experiment.Logger, told.Number, $"{told.Outcome}", "failed");
        Candidate candidate = Made(spec, trial, values, trained, trained.Failure is null ? outcome : null);
        candidate.Judgement = judgement;
        if (candidate.Trained.Failure is { } failure)
            ExperimentLog.Failed(_experiment.Logger, spec.Name, trial, failure);
        else
            ExperimentLog.Trained(
                _experiment.Logger, spec.Name, trial, $"{candidate.Trained.ValidationRobust}", $"{candidate.Trained.ValidationClean}",
                candidate.Trained.Seconds);
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

    // An objective that cannot be measured is a failure of the trial, as a training that diverged.
    private (TrialOutcome?, Judgement?, TrainedNetwork) Measured(
        INetworkSpec spec, int? trial, TrainedNetwork trained, TrialOutcome? told, IEnumerable<TrialOutcome> others)
    {
        try
        {
            TrialMeasurement measurement = Measurement(spec, trained, told);
            // Baselines are compared with, and race with nobody.
            Judgement? judgement = _experiment.RankingSuite is null ? null
                : Judge(spec, trial, trained, trial is null ? null : measurement.Bar(others));
            Measure robust = measurement.Robust(judgement);
            Measure? before = told?.Find(robust.Name);
            if (before == robust)
                return (told, judgement, trained);
            // Another machine or library gives other numbers, and these networks are what is tested. More may be known of a bound by now.
            if (before is not null && !(before.IsUpperBound && robust.Value <= before.Value))
                ExperimentLog.OtherOutcome(_experiment.Logger, trial!.Value, $"{told}", $"{robust}");
            return (measurement.Outcome(judgement), judgement, trained);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException or UnauthorizedAccessException))
        {
            return (null, null, trained with { Failure = $"it could not be measured: {e.GetType().Name}: {e.Message}" });
        }
    }

    private TrialMeasurement Measurement(INetworkSpec spec, TrainedNetwork trained, TrialOutcome? told)
    {
        MeasuredNetwork network = new(
            spec, Cost(spec), trained.ValidationClean!.Value, trained.ValidationRobust!.Value, TimeSpan.FromSeconds(trained.Seconds))
        {
            Verdicts = trained.Verdicts,
            Validation = _experiment.Data.Training.Validation,
            Open = () => new NetworkRun(_experiment, spec, 0, _folder).Open(),
        };
        return new TrialMeasurement(_experiment, network, told);
    }

    // What was trained now is not resumed, though its ranking may say nothing.
    private Judgement Judge(INetworkSpec spec, int? trial, TrainedNetwork trained, double? mustReach)
    {
        bool resumed = _resumed;
        Judgement judgement = new NetworkRun(_experiment, spec, 0, _folder)
            .Judge(trained, mustReach, Evaluating(ExperimentStage.Ranking, spec.Name, trial, 0), _cancellationToken);
        _resumed &= resumed;
        return judgement;
    }

    private void GoOn(Candidate candidate, IReadOnlyList<TrialOutcome> others)
    {
        TrialMeasurement measurement = Measurement(candidate.Spec, candidate.Trained, candidate.Outcome);
        candidate.Judgement = Judge(candidate.Spec, candidate.Trial, candidate.Trained, measurement.Bar(others));
        candidate.Outcome = measurement.Outcome(candidate.Judgement);
    }

    private void Audit(Candidate candidate)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        candidate.Audit = new NetworkRun(_experiment, candidate.Spec, 0, _folder)
            .Audit(candidate.Trained, Evaluating(ExperimentStage.Auditing, candidate.Spec.Name, candidate.Trial, 0), _cancellationToken);
        Evaluated(ExperimentStage.Auditing, candidate, 0);
    }

    // What says nothing was read from the record.
    private ImmediateProgress<EvaluationProgress>? Evaluating(ExperimentStage stage, string network, int? trial, int replicate)
    {
        _resumed = true;
        return _progress is null ? null : new ImmediateProgress<EvaluationProgress>(report => _progress.Report(new ExperimentProgress
        {
            Stage = stage,
            Network = network,
            Trial = trial,
            Replicate = replicate,
            Fraction = (double)report.Done / report.Total,
            Evaluation = report,
            IsResumed = _resumed = report.IsResumed,
        }));
    }

    private void Evaluated(ExperimentStage stage, Candidate candidate, int replicate) => _progress?.Report(new ExperimentProgress
    {
        Stage = stage,
        Network = candidate.Spec.Name,
        Trial = candidate.Trial,
        Replicate = replicate,
        Fraction = 1,
        IsResumed = _resumed,
        Finished = candidate.Result(),
    });

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
                IProgress<EvaluationProgress>? progress =
                    Evaluating(ExperimentStage.Testing, candidate.Spec.Name, candidate.Trial, replicate);
                RobustnessResult result = new NetworkRun(_experiment, candidate.Spec, replicate, _folder)
                    .Test(trained, () => images ??= _experiment.Data.Test.Open(), progress, _cancellationToken);
                reads++;
                candidate.Add(replicate, result);
                ExperimentLog.Tested(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{result.Robust}", $"{result.Clean}");
                foreach (AuditFinding finding in result.Audit?.Findings ?? [])
                    ExperimentLog.Doubted(_experiment.Logger, candidate.Spec.Name, candidate.Trial, replicate, $"{finding.Severity}", $"{finding}");
                Evaluated(ExperimentStage.Testing, candidate, replicate);
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
            _candidates.Count(candidate => candidate.IsSuspect)).ToValueList(),
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
