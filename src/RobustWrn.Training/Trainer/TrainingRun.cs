using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>One training from its start or its checkpoint to its end: epoch after epoch, back to the start of one that diverged.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RobustTrainer _trainer;
    private readonly Classifier _classifier;
    private readonly ThreatModel _threat;
    private readonly ILogger _logger;
    private readonly RunningOptimizer _optimizer;
    private readonly RunState _state;
    private readonly TrainingBatches _batches;
    private readonly TrainingReports _reports;
    private readonly TrainingCourse _course = new();
    private readonly TrainingRecord _record;
    private readonly TrainingEpoch _epoch;
    private readonly int? _pauseAfter;

    public TrainingRun(
        RobustTrainer trainer, Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed, TrainingOptions options,
        IProgress<TrainingProgress>? progress)
    {
        (_trainer, _classifier, _threat, _pauseAfter) = (trainer, classifier, threat, options.PauseAfter);
        _logger = options.Logger ?? NullLogger.Instance;
        RandomStream stream = RandomStream.From(seed).For("training");
        (string name, Parameter parameter)[] all = [.. classifier.Network.named_parameters()];
        KeyValuePair<string, Parameter>[] trained =
            [.. all.Where(pair => pair.parameter.requires_grad).Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        Tensor sample = trained[0].Value;
        RunIdentity? identity = options.CheckpointFolder is null && options.Continues is null ? null : RunIdentity.Of(
            trainer.Objective, Recipe, classifier.Spec, threat, data, seed, TensorHash.Of(classifier.Network.state_dict()),
            sample.dtype.ToString(), [.. all.Where(pair => !pair.parameter.requires_grad).Select(pair => pair.name)]);
        _optimizer = Recipe.Optimizer.Begin(trained);
        _state = new RunState(classifier.Network, _optimizer, Recipe);
        _batches = new TrainingBatches(data, Recipe, stream);
        AttackParts attackParts = new(_logger);
        TrainingStep step = new(trainer, classifier, _batches, threat, stream, _optimizer, attackParts);
        _reports = new TrainingReports(progress, options.ProgressInterval, Recipe, _batches.Steps, _batches.ImagesPerEpoch);
        EpochValidation validation = new(
            Recipe, classifier, _batches, data.Validation, threat, stream.For("validation"), attackParts, _state.Average, _logger);
        // Last: its folder is locked until this is disposed.
        _record = new TrainingRecord(options, _course, _state, identity, Environment(sample), _logger);
        _epoch = new TrainingEpoch(
            trainer, classifier, data.Train, _batches, step, validation, _course, _state, _record, _reports);
    }

    private TrainingRecipe Recipe => _trainer.Recipe;

    private bool IsAtItsEnd => _course.Epochs.Count >= Recipe.Epochs || Recipe.EarlyStopping?.Ends(_course.Epochs) == true;

    private bool IsPaused => _course.Epochs.Count >= _pauseAfter && !IsAtItsEnd;

    /// <summary>Trains to the end, or to the epoch after which the training pauses.</summary>
    public TrainingResult ToTheEndOrPause(CancellationToken cancellationToken)
    {
        TrainingLog.Started(_logger, _classifier.Spec.Name, _trainer.Objective.Name, _threat.ToString()!, Recipe.Epochs, _batches.Steps);
        _record.Resume(Recipe, _reports);
        while (!IsAtItsEnd && !IsPaused)
        {
            EpochMetrics metrics;
            try
            {
                metrics = _epoch.Run(_course.Epochs.Count, cancellationToken);
            }
            catch (TrainingDivergedException diverged) when (_course.Setbacks < (Recipe.Recovery?.Retries ?? 0))
            {
                GoBack(diverged);
                continue;
            }
            Add(metrics);
            _record.Save(null);
            _record.WriteMetrics();
            _reports.EpochDone(metrics);
        }
        _record.KeepEnd();
        return Result();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _state.Dispose();
        _record.Dispose();
    }

    // What the bits of a result on one device depend on, besides the identity of the run.
    private static string Environment(Tensor sample)
    {
        TorchRuntimeDescription runtime = TorchRuntime.Describe();
        return $"RobustWrn {runtime.RobustWrnVersion}, TorchSharp {runtime.TorchSharpVersion}, libtorch {runtime.LibTorchVersion}, "
            + $"{runtime.CpuCapability}, {runtime.Threads} threads, {sample.device}";
    }

    private void Add(EpochMetrics metrics)
    {
        (bool best, bool bestAverage) = _course.Add(metrics);
        if (best)
            _state.KeepBest();
        if (bestAverage)
            _state.KeepBestAverage();
        TrainingLog.EpochDone(
            _logger, metrics.Epoch, metrics.Loss, metrics.Clean.ToString(), metrics.Robust.ToString(), metrics.Elapsed.TotalSeconds);
        if (metrics.Times is { } times)
        {
            TrainingLog.EpochSpent(
                _logger, metrics.Epoch, times.Data.TotalSeconds, times.Attack.TotalSeconds, times.Update.TotalSeconds,
                times.Validation.TotalSeconds, metrics.GradientNorm, metrics.LearningRate);
        }
    }

    private void GoBack(TrainingDivergedException diverged)
    {
        _course.Setbacks++;
        _state.GoBack();
        _reports.BeginEpoch();
        _record.SaveAfterSetback();
        TrainingLog.WentBack(
            _logger, diverged.Message, _course.Setbacks, Recipe.Recovery!.Retries, _course.Epochs.Count + 1,
            Math.Pow(Recipe.Recovery.Factor, _course.Setbacks));
    }

    private TrainingResult Result()
    {
        TrainingResult result = new()
        {
            Epochs = [.. _course.Epochs],
            Best = _course.Best,
            BestAverage = _state.Average is null ? null : _course.BestAverage,
            StoppedEarly = _course.Epochs.Count < Recipe.Epochs && !IsPaused,
            IsPaused = IsPaused,
            Setbacks = _course.Setbacks,
            Resumed = _course.Resumed,
            Checkpoint = _record.Newest,
        };
        _state.Select(result.AverageIsSelected);
        if (result.IsPaused)
        {
            TrainingLog.Paused(_logger, _course.Epochs.Count, Recipe.Epochs, result.Last.Robust.ToString());
            return result;
        }
        if (result.StoppedEarly)
            TrainingLog.StoppedEarly(_logger, _course.Epochs.Count, Recipe.Epochs, result.Best.Epoch);
        TrainingLog.Ended(
            _logger, result.Best.Epoch, result.Best.Robust.ToString(), result.Last.Epoch, result.Last.Robust.ToString(), result.RobustGap);
        return result;
    }
}
