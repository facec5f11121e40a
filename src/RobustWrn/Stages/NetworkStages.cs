using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>What happens to each network of an experiment, with the progress that says so: trained, measured, ranked, audited.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where it is recorded.</param>
/// <param name="progress">Told of all of it; null is nobody.</param>
internal sealed class NetworkStages(RobustExperiment experiment, ExperimentFolder folder, IProgress<ExperimentProgress>? progress)
{
    // Of the stage under way: whether it goes on from an earlier run, or all of it was read from the record.
    // Each report of work says it anew.
    private bool _resumed;

    /// <summary>Trains a baseline, or reads what an earlier run has trained.</summary>
    public Candidate Baseline(INetworkSpec spec, CancellationToken cancellationToken) =>
        Announced(Judged(spec, null, [], Train(spec, null, 0, cancellationToken), null, [], cancellationToken));

    /// <summary>A baseline for which no time was left.</summary>
    public Candidate NotTrained(INetworkSpec baseline)
    {
        double limit = experiment.Budget.MaxTime!.Value.TotalSeconds;
        string failure = string.Create(CultureInfo.InvariantCulture,
            $"it was not trained: the networks before it had taken the {limit:0} s of the budget.");
        return Made(baseline, null, [], new TrainedNetwork { Failure = failure }, null);
    }

    /// <summary>The candidate of a trial that has ended. What was told of it holds: samplers have learned from it.</summary>
    /// <param name="told">The trial.</param>
    /// <param name="spec">Its network.</param>
    /// <param name="others">The outcomes of the trials that it raced with.</param>
    /// <param name="cancellationToken">Checked where a network must be trained again.</param>
    public Candidate Of(TrialRecord told, INetworkSpec spec, IEnumerable<TrialOutcome> others, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (told.State == TrialState.Completed)
            return Judged(spec, told.Number, told.Values, Train(spec, told.Number, 0, cancellationToken), told, others, cancellationToken);
        _resumed = true;
        if (told.State == TrialState.Failed)
        {
            TrainedNetwork failed = new() { Failure = told.FailureReason, Seconds = told.Seconds ?? 0 };
            return Made(spec, told.Number, told.Values, failed, null);
        }
        double seconds = new NetworkRun(experiment, spec, 0, folder).Seconds ?? 0;
        return Made(spec, told.Number, told.Values, new TrainedNetwork { Seconds = seconds }, null,
            PrunedTraining.Of(told, experiment.Recipe.Epochs));
    }

    /// <summary>Says that a network is trained, or why it is not.</summary>
    public Candidate Announced(Candidate candidate, bool? resumed = null)
    {
        (string network, int? trial) = (candidate.Spec.Name, candidate.Trial);
        if (candidate.Trained.Failure is { } failure)
            ExperimentLog.Failed(experiment.Logger, network, trial, failure);
        else if (candidate.Pruned is { } pruned)
            ExperimentLog.Pruned(experiment.Logger, network, trial, $"{pruned}");
        else
            ExperimentLog.Trained(
                experiment.Logger, network, trial, $"{candidate.Trained.ValidationRobust}", $"{candidate.Trained.ValidationClean}",
                candidate.Trained.Seconds);
        progress?.Report(new ExperimentProgress
        {
            Stage = ExperimentStage.Training,
            Network = network,
            Trial = trial,
            Fraction = 1,
            IsResumed = resumed ?? _resumed,
            Finished = candidate.Result(),
        });
        return candidate;
    }

    /// <summary>Trains a network, or reads what an earlier run has trained.</summary>
    public TrainedNetwork Train(INetworkSpec spec, int? trial, int replicate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new NetworkRun(experiment, spec, replicate, folder).Train(Training(spec, trial, replicate), cancellationToken);
    }

    /// <summary>Progress of a training; where it says nothing, all was read from the record.</summary>
    public IProgress<TrainingProgress>? Training(INetworkSpec spec, int? trial, int replicate)
    {
        _resumed = true;
        return progress is null ? null : new ImmediateProgress<TrainingProgress>(report => progress.Report(new ExperimentProgress
        {
            Stage = ExperimentStage.Training,
            Network = spec.Name,
            Trial = trial,
            Replicate = replicate,
            Fraction = (report.Epoch - 1 + (double)report.Step / report.Steps) / report.Epochs,
            Training = report,
            IsResumed = _resumed = report.IsResumed,
        }));
    }

    /// <summary>The candidate of a trained network, measured and ranked.</summary>
    /// <exception cref="InvalidOperationException">It cannot be measured; or whatever else an objective throws.</exception>
    public Candidate Measured(
        INetworkSpec spec, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained, TrialOutcome? told,
        IEnumerable<TrialOutcome> others, CancellationToken cancellationToken)
    {
        TrialMeasurement measurement = Measurement(spec, trained, told);
        // Baselines are compared with, and race with nobody.
        Judgement? judgement = experiment.RankingSuite is null ? null
            : Judge(spec, trial, trained, trial is null ? null : measurement.Bar(others), cancellationToken);
        Measure robust = measurement.Robust(judgement);
        Measure? before = told?.Find(robust.Name);
        // Another machine or library gives other numbers, and these networks are what is tested. More may be known of a bound by now.
        if (before is not null && before != robust && !(before.IsUpperBound && robust.Value <= before.Value))
            ExperimentLog.OtherOutcome(experiment.Logger, trial!.Value, $"{told}", $"{robust}");
        Candidate candidate = Made(spec, trial, values, trained, before == robust ? told : measurement.Outcome(judgement));
        candidate.Judgement = judgement;
        return candidate;
    }

    /// <summary>Goes on with the attacks that rank a network and stopped.</summary>
    public void GoOn(Candidate candidate, IReadOnlyList<TrialOutcome> others, CancellationToken cancellationToken)
    {
        TrialMeasurement measurement = Measurement(candidate.Spec, candidate.Trained, candidate.Outcome);
        candidate.Judgement = Judge(
            candidate.Spec, candidate.Trial, candidate.Trained, measurement.Bar(others), cancellationToken);
        candidate.Outcome = measurement.Outcome(candidate.Judgement);
    }

    /// <summary>Audits a network on validation.</summary>
    public void Audit(Candidate candidate, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        candidate.Audit = new NetworkRun(experiment, candidate.Spec, 0, folder)
            .Audit(candidate.Trained, Evaluating(ExperimentStage.Auditing, candidate.Spec.Name, candidate.Trial, 0), cancellationToken);
        Evaluated(ExperimentStage.Auditing, candidate, 0);
    }

    /// <summary>Progress of an evaluation; where it says nothing, it was read from the record.</summary>
    public ImmediateProgress<EvaluationProgress>? Evaluating(ExperimentStage stage, string network, int? trial, int replicate)
    {
        _resumed = true;
        return progress is null ? null : new ImmediateProgress<EvaluationProgress>(report => progress.Report(new ExperimentProgress
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

    /// <summary>Says that an evaluation has ended.</summary>
    public void Evaluated(ExperimentStage stage, Candidate candidate, int replicate) => progress?.Report(new ExperimentProgress
    {
        Stage = stage,
        Network = candidate.Spec.Name,
        Trial = candidate.Trial,
        Replicate = replicate,
        Fraction = 1,
        IsResumed = _resumed,
        Finished = candidate.Result(),
    });

    /// <summary>A network on its way to being measured, without what only its training knows.</summary>
    public MeasuredNetwork Network(INetworkSpec spec, Proportion clean, Proportion robust, TimeSpan time, Func<Classifier> open) =>
        new(spec, Cost(spec), clean, robust, time) { Validation = experiment.Data.Training.Validation, Open = open };

    // An objective that cannot be measured is a failure, as a training that diverged.
    private Candidate Judged(
        INetworkSpec spec, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained, TrialRecord? told,
        IEnumerable<TrialOutcome> others, CancellationToken cancellationToken)
    {
        if (trained.Failure is not null)
        {
            if (told is not null)
                ExperimentLog.OtherOutcome(experiment.Logger, told.Number, $"{told.Outcome}", "failed");
            return Made(spec, trial, values, trained, null);
        }
        try
        {
            return Measured(spec, trial, values, trained, told?.Outcome, others, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or IOException or UnauthorizedAccessException))
        {
            return Made(spec, trial, values, trained with { Failure = NotMeasured(e) }, null);
        }
    }

    /// <summary>What is said of a network that cannot be measured.</summary>
    public static string NotMeasured(Exception e) => $"it could not be measured: {e.GetType().Name}: {e.Message}";

    private Candidate Made(
        INetworkSpec spec, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained, TrialOutcome? outcome,
        PrunedTraining? pruned = null)
    {
        string Weights(int replicate) => folder.Network(experiment, spec, replicate).WeightsInRecord;
        return new Candidate(spec, Cost(spec), trial, values, trained, Weights) { Outcome = outcome, Pruned = pruned };
    }

    private NetworkCost Cost(INetworkSpec spec) => spec.Cost(experiment.Data.Training.Train.Height, experiment.Data.Training.Train.Width);

    private TrialMeasurement Measurement(INetworkSpec spec, TrainedNetwork trained, TrialOutcome? told)
    {
        MeasuredNetwork network = Network(
            spec, trained.ValidationClean!.Value, trained.ValidationRobust!.Value, TimeSpan.FromSeconds(trained.Seconds),
            () => new NetworkRun(experiment, spec, 0, folder).Open());
        return new TrialMeasurement(experiment, network with { Verdicts = trained.Verdicts }, told);
    }

    // What was trained now is not resumed, though its ranking may say nothing.
    private Judgement Judge(
        INetworkSpec spec, int? trial, TrainedNetwork trained, double? mustReach, CancellationToken cancellationToken)
    {
        bool resumed = _resumed;
        Judgement judgement = new NetworkRun(experiment, spec, 0, folder)
            .Judge(trained, mustReach, Evaluating(ExperimentStage.Ranking, spec.Name, trial, 0), cancellationToken);
        _resumed &= resumed;
        return judgement;
    }
}
