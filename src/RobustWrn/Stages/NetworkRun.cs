using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>
/// One training of one network and its final evaluation, recorded in a folder of its own: what is finished there is not done again. Files
/// are believed that are whole and of this network, this training and these weights; what is not is moved aside and made again, with a
/// warning.
/// </summary>
internal sealed class NetworkRun(RobustExperiment experiment, INetworkSpec spec, int replicate, ExperimentFolder record)
{
    private static readonly SealedFile<TrainedNetwork> TrainedFile = new("trained network", version: 2);
    private static readonly SealedFile<RobustnessResult> TestFile = new("test of a network", version: 2);

    private const int LongestReason = 2_000;

    private static readonly SealedFile<AuditReport> AuditFile = new("audit of a network", version: 1);

    private static readonly SealedFile<Judgement> JudgementFile = new("ranking of a network", version: 1);

    private static readonly SealedFile<PausedTraining> PausedFile = new("paused training", version: 1);

    private readonly NetworkFolder _folder = record.Network(experiment, spec, replicate);

    /// <summary>Trains the network, or reads what an earlier run has trained.</summary>
    public TrainedNetwork Train(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        if (Recorded() is { } before)
            return before;
        Stopwatch clock = Stopwatch.StartNew();
        try
        {
            return Fit(null, progress, (result, classifier) => Keep(result, classifier), cancellationToken);
        }
        // A disk that is full is no fault of the network, and is there to be repaired.
        catch (Exception e) when (e is not (OperationCanceledException or IOException or UnauthorizedAccessException))
        {
            return KeepFailure(ReasonOf(e), clock.Elapsed.TotalSeconds);
        }
    }

    /// <summary>What is said of a training that threw.</summary>
    public static string ReasonOf(Exception e) =>
        e is TrainingDivergedException ? e.Message : $"{e.GetType().Name}: {Excerpt.Cut(e.Message, LongestReason)}";

    /// <summary>True where an earlier attempt left checkpoints.</summary>
    public bool IsBegun => Directory.Exists(_folder.Checkpoints);

    /// <summary>
    /// The seconds that training took so far, as they were noted; null where nothing was. Weights are not looked at.
    /// </summary>
    public double? Seconds => TrainedFile.TryRead(_folder.Trained, out TrainedNetwork? trained, out _, Network, Training) ? trained.Seconds
        : PausedFile.TryRead(_folder.Paused, out PausedTraining? paused, out _, Network, Training) ? paused.Seconds : null;

    /// <summary>Trains on to an epoch, or to the end: from the last checkpoint, or from the start where there is none.</summary>
    /// <param name="pauseAfter">The epoch; null is the end.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="take">Takes the result and the classifier, which is disposed afterwards.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    public T Fit<T>(
        int? pauseAfter, IProgress<TrainingProgress>? progress, Func<TrainingResult, Classifier, T> take, CancellationToken cancellationToken)
    {
        try
        {
            return Fitted(pauseAfter, progress, take, cancellationToken);
        }
        catch (CheckpointRefusedException e) when (e.Differences.Count > 0)
        {
            // Checkpoints of another training.
            Doubt(_folder.Checkpoints, e.Message);
            return Fitted(pauseAfter, progress, take, cancellationToken);
        }
    }

    /// <summary>Records a finished training with its weights.</summary>
    public TrainedNetwork Keep(TrainingResult result, Classifier classifier)
    {
        record.ThrowIfLost();
        NetworkWeights.Save(classifier, _folder.Weights);
        TrainedNetwork trained = new()
        {
            SelectedEpoch = result.Selected.Epoch,
            ValidationClean = result.Selected.Clean,
            ValidationRobust = result.Selected.Robust,
            Verdicts = result.Selected.Verdicts,
            Seconds = result.Epochs.Sum(epoch => epoch.Elapsed.TotalSeconds),
            Weights = SealedFile.SumOf(_folder.Weights),
        };
        record.ThrowIfLost();
        TrainedFile.Write(_folder.Trained, trained, Network, Training);
        return trained;
    }

    /// <summary>Records that a training failed for good.</summary>
    public TrainedNetwork KeepFailure(string reason, double seconds)
    {
        TrainedNetwork failed = new() { Failure = reason, Seconds = seconds };
        record.ThrowIfLost();
        TrainedFile.Write(_folder.Trained, failed, Network, Training);
        return failed;
    }

    /// <summary>Notes how long a training took that stands at a rung and may never go on.</summary>
    public void KeepPause(TrainingResult result)
    {
        record.ThrowIfLost();
        PausedTraining paused = new(result.Epochs.Count, result.Epochs.Sum(epoch => epoch.Elapsed.TotalSeconds));
        PausedFile.Write(_folder.Paused, paused, Network, Training);
    }

    /// <summary>
    /// Attacks the trained network on the test split, goes on where an earlier run was stopped, or reads what it has found.
    /// </summary>
    public RobustnessResult Test(TrainedNetwork trained, Func<IImageSource> open, IProgress<EvaluationProgress>? progress,
        CancellationToken cancellationToken)
    {
        (string, string)[] owners = [Network, Training, ("weights", trained.Weights!), ("evaluation", _folder.Evaluation)];
        if (File.Exists(_folder.Test))
        {
            if (TestFile.TryRead(_folder.Test, out RobustnessResult? before, out string? fault, owners))
                return before;
            Doubt(_folder.Test, fault);
        }
        ThrowIfChanged(trained);
        RobustnessResult result = GoneOn(_folder.Journal, () => Evaluated(open, progress, cancellationToken));
        record.ThrowIfLost();
        TestFile.Write(_folder.Test, result, owners);
        if (Directory.Exists(_folder.Journal))
            Directory.Delete(_folder.Journal, recursive: true);
        return result;
    }

    /// <summary>
    /// Attacks the trained network on validation by the experiment's ranking suite until it is done or the network cannot reach a bar any
    /// more, goes on where an earlier run was stopped, or reads what it has found. A bound that was recorded below a higher bar is gone on
    /// from: what was attacked is not attacked again.
    /// </summary>
    /// <param name="trained">The network, trained.</param>
    /// <param name="mustReach">The robust accuracy below which it cannot win; null where nothing limits it.</param>
    /// <param name="progress">Told after each attack on each block.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    public Judgement Judge(
        TrainedNetwork trained, double? mustReach, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        (string, string)[] owners = [Network, Training, ("weights", trained.Weights!), ("ranking", _folder.Ranking)];
        if (File.Exists(_folder.Judgement))
        {
            if (!JudgementFile.TryRead(_folder.Judgement, out Judgement? before, out string? fault, owners))
                Doubt(_folder.Judgement, fault);
            else if (!before.IsBound || before.AtMost?.Value < mustReach)
                return before;
        }
        ThrowIfChanged(trained);
        Judgement judgement = Judgement.Of(GoneOn(_folder.JudgementJournal, () => Raced(mustReach, progress, cancellationToken)));
        record.ThrowIfLost();
        JudgementFile.Write(_folder.Judgement, judgement, owners);
        if (!judgement.IsBound && Directory.Exists(_folder.JudgementJournal))
            Directory.Delete(_folder.JudgementJournal, recursive: true);
        return judgement;
    }

    /// <summary>
    /// Attacks the trained network on validation, as its ranking did, and says whether what it withstands can be believed; or reads
    /// what an earlier run has found.
    /// </summary>
    /// <returns>The audit; null where the experiment's evaluator makes none.</returns>
    public AuditReport? Audit(TrainedNetwork trained, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        (string, string)[] owners = [Network, Training, ("weights", trained.Weights!), ("audit", _folder.Auditing)];
        if (File.Exists(_folder.Audit))
        {
            if (AuditFile.TryRead(_folder.Audit, out AuditReport? before, out string? fault, owners))
                return before;
            Doubt(_folder.Audit, fault);
        }
        using Classifier classifier = NetworkWeights.Open(_folder.Weights, experiment.Device);
        EvaluationOptions options = Options with { Audit = new EvaluationAudit { Share = 1 } };
        AttackSuite suite = experiment.RankingSuite
            ?? AttackSuite.Of("validation", experiment.Recipe.ValidationAttackFor(experiment.Threat));
        AuditReport? audit = experiment.Evaluator.Run(
            classifier, Validation, experiment.Threat, suite, options, progress, cancellationToken).Audit;
        record.ThrowIfLost();
        if (audit is not null)
            AuditFile.Write(_folder.Audit, audit, owners);
        return audit;
    }

    /// <summary>The trained network, on the experiment's device. The caller disposes it.</summary>
    public Classifier Open() => NetworkWeights.Open(_folder.Weights, experiment.Device);

    /// <summary>A network of these weights, which the caller disposes: objectives may do with it what they like.</summary>
    public Classifier Copy(Classifier classifier)
    {
        Classifier copy = spec.Build(experiment.Seed, experiment.Device);
        copy.Network.load_state_dict(classifier.Network.state_dict());
        copy.eval();
        return copy;
    }

    private IImageSource Validation
    {
        get
        {
            IImageSource images = experiment.Data.Training.Validation;
            return images.Take(Math.Min(images.Count, experiment.Recipe.ValidationImages ?? long.MaxValue));
        }
    }

    private EvaluationOptions Options => new()
    {
        Seed = experiment.Seed,
        Device = experiment.Device,
        MemoryLimit = experiment.MemoryLimit,
        Logger = experiment.Logger,
    };

    private (string, string) Network => ("network", _folder.Network);

    private (string, string) Training => ("training", _folder.Training);

    /// <summary>
    /// What an earlier run has trained, or why it failed; null where there is nothing to be believed. Weights that are no longer those of
    /// the record are made again from the last checkpoint, which is verified, too.
    /// </summary>
    public TrainedNetwork? Recorded()
    {
        bool weights = File.Exists(_folder.Weights);
        if (!File.Exists(_folder.Trained))
        {
            if (weights)
                ExperimentLog.LostRecord(experiment.Logger, _folder.Trained);
            return null;
        }
        if (!TrainedFile.TryRead(_folder.Trained, out TrainedNetwork? trained, out string? fault, Network, Training))
        {
            Doubt(_folder.Trained, fault);
            return null;
        }
        if (trained.Failure is not null)
            return trained;
        if (!weights)
            ExperimentLog.LostRecord(experiment.Logger, _folder.Weights);
        else if (SealedFile.SumOf(_folder.Weights) == trained.Weights)
            return trained;
        else
            Doubt(_folder.Weights, "it does not have the SHA-256 that trained.json names");
        return null;
    }

    private T Fitted<T>(
        int? pauseAfter, IProgress<TrainingProgress>? progress, Func<TrainingResult, Classifier, T> take, CancellationToken cancellationToken)
    {
        Seed seed = experiment.Seed.Replicate(replicate);
        using Classifier classifier = spec.Build(seed, experiment.Device);
        TrainingOptions options = new()
        {
            CheckpointFolder = _folder.Checkpoints,
            MetricsFolder = _folder.Path,
            Logger = experiment.Logger,
            Device = experiment.Device,
            MemoryLimit = experiment.MemoryLimit,
            PauseAfter = pauseAfter,
        };
        TrainingResult result = experiment.Trainer(experiment.Objective, experiment.Recipe)
            .Fit(classifier, experiment.Data.Training, experiment.Threat, seed, options, progress, cancellationToken);
        return take(result, classifier);
    }

    private RobustnessResult Evaluated(Func<IImageSource> open, IProgress<EvaluationProgress>? progress,
        CancellationToken cancellationToken)
    {
        using Classifier classifier = NetworkWeights.Open(_folder.Weights, experiment.Device);
        EvaluationOptions options = Options with { JournalFolder = _folder.Journal };
        return experiment.Evaluator.Run(classifier, open(), experiment.Threat, experiment.Suite, options, progress, cancellationToken);
    }

    private RacedEvaluation Raced(double? mustReach, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        using Classifier classifier = NetworkWeights.Open(_folder.Weights, experiment.Device);
        // Finalists alone are audited, by a run of their own.
        EvaluationOptions options = Options with { JournalFolder = _folder.JudgementJournal, Audit = null };
        (ThreatModel threat, AttackSuite suite) = (experiment.Threat, experiment.RankingSuite!);
        return mustReach is { } bar
            ? experiment.Evaluator.Race(classifier, Validation, threat, suite, bar, options, progress, cancellationToken)
            : RacedEvaluation.Of(experiment.Evaluator.Run(classifier, Validation, threat, suite, options, progress, cancellationToken));
    }

    // A journal of another evaluation is moved aside, and begun anew.
    private T GoneOn<T>(string journal, Func<T> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (EvaluationJournalException e)
        {
            Doubt(journal, e.Message);
            return evaluate();
        }
    }

    private void ThrowIfChanged(TrainedNetwork trained)
    {
        record.ThrowIfLost();
        if (SealedFile.SumOf(_folder.Weights) != trained.Weights)
            throw new InvalidDataException($"{_folder.Weights} must stay as it is while the experiment runs, but it was changed. Run "
                + "again: the network is made again.");
    }

    private void Doubt(string path, string reason) =>
        ExperimentLog.DamagedRecord(experiment.Logger, path, reason, SealedFile.MoveAside(path));
}
