using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>One training from its start or its checkpoint to its end.</summary>
internal sealed class TrainingRun : IDisposable
{
    private readonly RobustTrainer _trainer;
    private readonly Classifier _classifier;
    private readonly TrainingSplits _data;
    private readonly ThreatModel _threat;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly TimeSpan _progressInterval;
    private readonly ILogger _logger;
    private readonly RandomStream _stream;
    private readonly CheckpointFolder? _folder;
    private readonly RunIdentity? _identity;
    private readonly Tensor[] _parameters;
    private readonly RunningOptimizer _optimizer;
    private readonly WeightSnapshot _best;
    private readonly List<EpochMetrics> _epochs = [];
    private readonly int _steps;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _bestEpoch, _resumed;
    private long _reported;

    public TrainingRun(
        RobustTrainer trainer, Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed, TrainingOptions options, IProgress<TrainingProgress>? progress)
    {
        (_trainer, _classifier, _data, _threat, _progress, _progressInterval) = (trainer, classifier, data, threat, progress, options.ProgressInterval);
        _logger = options.Logger ?? NullLogger.Instance;
        _stream = RandomStream.From(seed).For("training");
        KeyValuePair<string, Parameter>[] parameters =
            [.. classifier.Network.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        _parameters = [.. parameters.Select(pair => pair.Value)];
        TorchRuntimeDescription runtime = TorchRuntime.Describe();
        Environment = $"libtorch {runtime.LibTorchVersion}, {runtime.CpuCapability}, {runtime.Threads} threads, {_parameters[0].device}";
        if (options.CheckpointFolder is not null)
        {
            _folder = new CheckpointFolder(options.CheckpointFolder);
            _identity = RunIdentity.Of(
                trainer.Objective, trainer.Recipe, classifier.Spec, threat, data, seed, TensorHash.Of(classifier.Network.state_dict()), _parameters[0].dtype.ToString());
        }
        _optimizer = trainer.Recipe.Optimizer.Begin(parameters);
        _best = new WeightSnapshot(classifier.Network);
        long images = data.Train.Count;
        int batch = trainer.Recipe.BatchSize;
        // A last batch of one image is left out: batch norm has nothing to learn from it.
        _steps = checked((int)(images / batch + (images % batch > 1 ? 1 : 0)));
    }

    private TrainingRecipe Recipe => _trainer.Recipe;

    // What the bits of a result on one device depend on, besides the identity of the run.
    private string Environment { get; }

    public TrainingResult ToTheEnd(CancellationToken cancellationToken)
    {
        TrainingLog.Started(_logger, _classifier.Spec.Name, _trainer.Objective.Name, _threat.ToString()!, Recipe.Epochs, _steps);
        Resume();
        while (_epochs.Count < Recipe.Epochs)
        {
            EpochMetrics metrics = Epoch(_epochs.Count, cancellationToken);
            if (_epochs.Count == 0 || metrics.IsBetterThan(_epochs[_bestEpoch]))
            {
                _bestEpoch = _epochs.Count;
                _best.CopyFrom(_classifier.Network);
            }
            _epochs.Add(metrics);
            Save();
            TrainingLog.EpochDone(_logger, metrics.Epoch, metrics.Loss, metrics.Clean.ToString(), metrics.Robust.ToString(), metrics.Elapsed.TotalSeconds);
            Report(_epochs.Count - 1, _steps, metrics.Loss, metrics.LearningRate, metrics.Elapsed, force: true);
        }
        _best.CopyTo(_classifier.Network);
        return new TrainingResult { Epochs = [.. _epochs], Best = _epochs[_bestEpoch], Resumed = _resumed, Checkpoint = _folder?.FileOf(_epochs.Count) };
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _best.Dispose();
    }

    private EpochMetrics Epoch(int epoch, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        StepSums sums = new();
        int step = 0;
        double rate = Recipe.LearningRate;
        try
        {
            _classifier.train();
            long[] order = _stream.For("shuffle").At(epoch).Permutation(_data.Train.Count);
            for (; step < _steps; step++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                rate = Recipe.LearningRateAt(epoch, step, _steps);
                int at = step * Recipe.BatchSize;
                Step(order.AsSpan(at, Math.Min(Recipe.BatchSize, order.Length - at)), epoch, step, rate, sums, cancellationToken);
                Report(epoch, step + 1, sums.LastLoss, rate, Stopwatch.GetElapsedTime(start), force: false);
            }
            _classifier.eval();
            (Proportion clean, Proportion robust) = Validation.Judge(
                _classifier, _data.Validation, Math.Min(Recipe.ValidationImages ?? long.MaxValue, _data.Validation.Count), Recipe.BatchSize,
                Recipe.ValidationAttackFor(_threat), _threat, _stream.For("validation"), _parameters[0], cancellationToken);
            return sums.Metrics(epoch + 1, rate) with { Clean = clean, Robust = robust, Elapsed = Stopwatch.GetElapsedTime(start) };
        }
        catch (Exception e) when (e is NonFiniteLogitsException or NonFiniteGradientException)
        {
            throw Diverged(epoch, Math.Min(step, _steps - 1), rate, "NaN or infinite logits or pixel gradients", e);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException($"training was cancelled in epoch {epoch + 1}, after {step} of {_steps} steps. {Kept()}", e, cancellationToken);
        }
    }

    private void Step(ReadOnlySpan<long> indices, int epoch, int step, double rate, StepSums sums, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        ImageBatch batch = _data.Train.Read(indices, _parameters[0].device);
        Tensor images = batch.Images;
        foreach (IAugmentation augmentation in Recipe.Augmentations)
            images = augmentation.Apply(images, _stream.For("augmentation").At(epoch), batch.Examples);
        _classifier.DrawDropoutFrom(_stream.For("dropout").At(epoch), batch.Examples);
        using ObjectiveLoss loss = _trainer.Objective.Evaluate(
            new ObjectiveContext(_classifier, images.to(_parameters[0].dtype), batch.Labels, Recipe.ThreatAt(_threat, new TrainingPosition(epoch, Recipe.Epochs, step, _steps)))
            {
                Noise = _stream.For("objective").At(epoch),
                AttackBatchNorm = Recipe.AttackBatchNorm,
                Examples = ValueList.Create(batch.Examples),
            },
            cancellationToken);
        // A parameter that the loss does not reach has no gradient and stays.
        Tensor?[] gradients = [.. autograd.grad([loss.Total], _parameters, allow_unused: true).Select(gradient => gradient is null || gradient.IsInvalid ? null : gradient)];
        double norm = sums.Add(loss, GradientNorm.Of(gradients), batch.Count);
        if (!double.IsFinite(sums.LastLoss) || !double.IsFinite(norm))
            throw Diverged(epoch, step, rate, double.IsFinite(sums.LastLoss) ? $"a gradient norm of {norm}" : $"a loss of {sums.LastLoss}");
        if (Recipe.GradientNormClip is { } limit)
            GradientNorm.Clip(gradients, norm, limit);
        _optimizer.Step(gradients, rate);
    }

    private void Resume()
    {
        using TrainingCheckpoint? checkpoint = _folder?.ReadLatest(_identity!, _logger);
        if (checkpoint is null)
            return;
        if (checkpoint.Environment != Environment)
            TrainingLog.OtherEnvironment(_logger, checkpoint.Environment, Environment);
        checkpoint.CopyTo(_classifier.Network, _optimizer, _best);
        _epochs.AddRange(checkpoint.Epochs);
        (_bestEpoch, _resumed) = (checkpoint.Best, checkpoint.Epochs.Count);
        TrainingLog.Resumed(_logger, _resumed, _folder!.FileOf(_resumed));
    }

    private void Save()
    {
        if (_folder is null)
            return;
        TrainingCheckpoint.Write(
            _folder.FileOf(_epochs.Count), _identity!, Environment, [.. _epochs], _bestEpoch, _classifier.Network.state_dict(), _optimizer.Saved, _best.Tensors);
        _folder.Prune();
    }

    private void Report(int epoch, int step, double loss, double rate, TimeSpan elapsed, bool force)
    {
        if (_progress is null || (!force && _reported != 0 && Stopwatch.GetElapsedTime(_reported) < _progressInterval))
            return;
        _reported = Stopwatch.GetTimestamp();
        long done = (long)(epoch - _resumed) * _steps + step, left = (long)(Recipe.Epochs - epoch) * _steps - step;
        double images = Math.Min((long)step * Recipe.BatchSize, _data.Train.Count);
        _progress.Report(new TrainingProgress(
            epoch + 1, Recipe.Epochs, step, _steps, loss, rate, images / elapsed.TotalSeconds,
            Stopwatch.GetElapsedTime(_started) * ((double)left / Math.Max(1, done)), _epochs.Count == 0 ? null : _epochs[^1]));
    }

    private TrainingDivergedException Diverged(int epoch, int step, double rate, string found, Exception? inner = null) =>
        new(epoch + 1, step + 1, rate, found, Kept(), inner);

    private string Kept() => (_folder, _epochs.Count) switch
    {
        (null, _) => "No checkpoint folder was given, so nothing was kept.",
        (_, 0) => "No epoch was finished, so there is no checkpoint.",
        _ => $"The checkpoint of epoch {_epochs.Count} is kept: {_folder.FileOf(_epochs.Count)}.",
    };
}
