using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
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
    private readonly TrainingOptions _options;
    private readonly TrainingReports _reports;
    private readonly ILogger _logger;
    private readonly RandomStream _stream;
    private readonly CheckpointFolder? _folder;
    private readonly Tensor _sample;
    private readonly RunningOptimizer _optimizer;
    private readonly RunState _state;
    private readonly TrainingBatches _batches;
    private readonly AttackParts _attackParts;
    private readonly TrainingStep _step;
    private readonly List<EpochMetrics> _epochs = [];
    private readonly int _steps;
    private RunIdentity? _identity;
    private int _best, _bestAverage, _resumed, _setbacks;
    private EpochSoFar? _soFar;
    private (int Epochs, int Steps)? _kept;
    private long _saved = Stopwatch.GetTimestamp();

    public TrainingRun(
        RobustTrainer trainer, Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed, TrainingOptions options, IProgress<TrainingProgress>? progress)
    {
        (_trainer, _classifier, _data, _threat, _options) = (trainer, classifier, data, threat, options);
        _logger = options.Logger ?? NullLogger.Instance;
        _stream = RandomStream.From(seed).For("training");
        KeyValuePair<string, Parameter>[] parameters =
            [.. classifier.Network.named_parameters().Where(pair => pair.parameter.requires_grad).Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        _sample = parameters[0].Value;
        TorchRuntimeDescription runtime = TorchRuntime.Describe();
        Environment = $"RobustWrn {runtime.RobustWrnVersion}, TorchSharp {runtime.TorchSharpVersion}, libtorch {runtime.LibTorchVersion}, {runtime.CpuCapability}, {runtime.Threads} threads, {_sample.device}";
        if (options.CheckpointFolder is not null || options.Continues is not null)
        {
            _identity = RunIdentity.Of(
                trainer.Objective, trainer.Recipe, classifier.Spec, threat, data, seed, TensorHash.Of(classifier.Network.state_dict()), _sample.dtype.ToString(),
                [.. classifier.Network.named_parameters().Where(pair => !pair.parameter.requires_grad).Select(pair => pair.name)]);
        }
        _optimizer = trainer.Recipe.Optimizer.Begin(parameters);
        _state = new RunState(classifier.Network, _optimizer, trainer.Recipe);
        _batches = new TrainingBatches(data, trainer.Recipe, _stream);
        _attackParts = new AttackParts(_logger);
        _step = new TrainingStep(trainer, classifier, _batches, threat, _stream, _optimizer, _attackParts);
        _steps = _batches.Steps;
        _reports = new TrainingReports(progress, options.ProgressInterval, trainer.Recipe, _steps, _batches.ImagesPerEpoch);
        // Last: it is locked until this is disposed.
        if (options.CheckpointFolder is not null)
            _folder = new CheckpointFolder(options.CheckpointFolder, options.KeptCheckpoints);
        if (options.MetricsFolder is not null)
            AtomicFile.RemoveUnfinished(options.MetricsFolder);
    }

    private TrainingRecipe Recipe => _trainer.Recipe;

    // What the bits of a result on one device depend on, besides the identity of the run.
    private string Environment { get; }

    private long ValidationCount => Math.Min(Recipe.ValidationImages ?? long.MaxValue, _data.Validation.Count);

    private bool EndsEarly => Recipe.EarlyStopping?.Ends(_epochs) == true;

    public TrainingResult ToTheEnd(CancellationToken cancellationToken)
    {
        TrainingLog.Started(_logger, _classifier.Spec.Name, _trainer.Objective.Name, _threat.ToString()!, Recipe.Epochs, _steps);
        Resume();
        while (_epochs.Count < Recipe.Epochs && !EndsEarly)
        {
            EpochMetrics metrics;
            try
            {
                metrics = Epoch(_epochs.Count, cancellationToken);
            }
            catch (TrainingDivergedException diverged) when (_setbacks < (Recipe.Recovery?.Retries ?? 0))
            {
                GoBack(diverged);
                continue;
            }
            Add(metrics);
            Save(null);
            WriteMetrics();
            _reports.EpochDone(metrics);
        }
        return Result();
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _state.Dispose();
        _folder?.Dispose();
    }

    private EpochMetrics Epoch(int epoch, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan before = _soFar?.Elapsed ?? TimeSpan.Zero;
        StepSums sums = new(_soFar);
        if (_soFar is null)
            _state.BeginEpoch();
        _soFar = null;
        double rate = RateAt(epoch, Math.Max(0, sums.Steps - 1));
        try
        {
            _classifier.train();
            long[] batch = _batches.At(epoch, Math.Min(sums.Steps, _steps - 1));
            double warmUp = (Recipe.Average?.WarmUp ?? 0) * Recipe.Epochs * _steps;
            while (sums.Steps < _steps)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int step = sums.Steps;
                TrainingPosition position = new(epoch, Recipe.Epochs, step, _steps);
                rate = RateAt(epoch, step);
                long[] next = step + 1 < _steps ? _batches.At(epoch, step + 1) : [];
                Action announce = next.Length > 0 ? () => _batches.Images.Prefetch(next) : AnnounceValidation;
                if (_step.Take(batch, announce, position, rate, sums, cancellationToken) is { } found)
                    throw Diverged(epoch, step, rate, found);
                batch = next;
                _state.Average?.Add(_classifier.Network, position.StepsBefore + 1, warmUp);
                _reports.StepDone(epoch, step + 1, sums.LastLoss, rate);
                if (sums.Steps < _steps && SaveIsDue(sums.Steps))
                    Save(sums.SoFar(before + Stopwatch.GetElapsedTime(start)));
            }
            long validating = Stopwatch.GetTimestamp();
            _classifier.eval();
            (Proportion clean, Proportion robust) = Judge(AverageIsJudged(epoch, warmUp) ? AnnounceValidation : () => AnnounceEpoch(epoch + 1), cancellationToken);
            return sums.Metrics(epoch + 1, rate) with
            {
                Clean = clean,
                Robust = robust,
                Average = JudgeAverage(epoch, warmUp, clean, robust, cancellationToken),
                Elapsed = before + Stopwatch.GetElapsedTime(start),
                Times = new EpochTimes(sums.Data, sums.Attack, sums.Update, Stopwatch.GetElapsedTime(validating)),
            };
        }
        catch (Exception e) when (e is NonFiniteLogitsException or NonFiniteGradientException)
        {
            throw Diverged(epoch, Math.Min(sums.Steps, _steps - 1), rate, "NaN or infinite logits or pixel gradients", e);
        }
        catch (Exception e) when (OutOfMemory.Is(e))
        {
            throw TooLarge(e);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            string kept = KeepNow(sums.SoFar(before + Stopwatch.GetElapsedTime(start)));
            throw new OperationCanceledException($"training was cancelled in epoch {epoch + 1}, after {sums.Steps} of {_steps} steps. {kept}", e, cancellationToken);
        }
    }

    private double RateAt(int epoch, int step)
    {
        double rate = Recipe.LearningRateAt(epoch, step, _steps);
        return _setbacks == 0 ? rate : rate * Math.Pow(Recipe.Recovery!.Factor, _setbacks);
    }

    private (Proportion Clean, Proportion Robust) Judge(Action announce, CancellationToken cancellationToken) => Validation.Judge(
        _classifier, _data.Validation, ValidationCount, Recipe.BatchSize,
        Recipe.ValidationAttackFor(_threat), _attackParts, _threat, _stream.For("validation"), _sample, announce, cancellationToken);

    // What is read next, which a source may decode meanwhile: validation images, or the first batch of an epoch.
    private void AnnounceValidation() => _data.Validation.Prefetch(Validation.Batch(0, ValidationCount, Recipe.BatchSize));

    private void AnnounceEpoch(int epoch)
    {
        if (epoch < Recipe.Epochs)
            _batches.Images.Prefetch(_batches.At(epoch, 0));
    }

    // Before its warm-up has ended, the average is a plain copy, which is judged already.
    private bool AverageIsJudged(int epoch, double warmUp) => _state.Average is not null && (epoch + 1L) * _steps >= warmUp;

    private AverageMetrics? JudgeAverage(int epoch, double warmUp, Proportion clean, Proportion robust, CancellationToken cancellationToken)
    {
        if (_state.Average is not { } average)
            return null;
        average.EndEpoch(_classifier.Network);
        if (!AverageIsJudged(epoch, warmUp))
            return new AverageMetrics(clean, robust);
        (clean, robust) = average.Within(_classifier.Network, () => Judge(() => AnnounceEpoch(epoch + 1), cancellationToken));
        TrainingLog.AverageJudged(_logger, epoch + 1, clean.ToString(), robust.ToString());
        return new AverageMetrics(clean, robust);
    }

    private void Add(EpochMetrics metrics)
    {
        if (_epochs.Count == 0 || metrics.IsBetterThan(_epochs[_best]))
        {
            _best = _epochs.Count;
            _state.KeepBest();
        }
        if (metrics.Average is not null && (_epochs.Count == 0 || metrics.HasBetterAverageThan(_epochs[_bestAverage])))
        {
            _bestAverage = _epochs.Count;
            _state.KeepBestAverage();
        }
        _epochs.Add(metrics);
        TrainingLog.EpochDone(_logger, metrics.Epoch, metrics.Loss, metrics.Clean.ToString(), metrics.Robust.ToString(), metrics.Elapsed.TotalSeconds);
        if (metrics.Times is { } times)
        {
            TrainingLog.EpochSpent(_logger, metrics.Epoch, times.Data.TotalSeconds, times.Attack.TotalSeconds, times.Update.TotalSeconds, times.Validation.TotalSeconds,
                metrics.GradientNorm, metrics.LearningRate);
        }
    }

    private void GoBack(TrainingDivergedException diverged)
    {
        _setbacks++;
        _state.GoBack();
        _reports.BeginEpoch();
        // The checkpoints within the epoch are of a course that was left.
        Save(null);
        _folder?.RemoveWithin(_epochs.Count, _logger);
        TrainingLog.WentBack(_logger, diverged.Message, _setbacks, Recipe.Recovery!.Retries, _epochs.Count + 1, Math.Pow(Recipe.Recovery.Factor, _setbacks));
    }

    private TrainingResult Result()
    {
        TrainingResult result = new()
        {
            Epochs = [.. _epochs],
            Best = _epochs[_best],
            BestAverage = _state.Average is null ? null : _epochs[_bestAverage],
            StoppedEarly = _epochs.Count < Recipe.Epochs,
            Setbacks = _setbacks,
            Resumed = _resumed,
            Checkpoint = _folder?.FileOf(_epochs.Count),
        };
        _state.Select(result.AverageIsSelected);
        if (result.StoppedEarly)
            TrainingLog.StoppedEarly(_logger, _epochs.Count, Recipe.Epochs, result.Best.Epoch);
        TrainingLog.Ended(_logger, result.Best.Epoch, result.Best.Robust.ToString(), result.Last.Epoch, result.Last.Robust.ToString(), result.RobustGap);
        return result;
    }

    private void Resume()
    {
        using TrainingCheckpoint? continued = Continued();
        using TrainingCheckpoint? latest = _folder?.ReadLatest(_identity!, _logger);
        if ((latest ?? continued) is not { } checkpoint)
            return;
        if (checkpoint.Environment != Environment)
            TrainingLog.OtherEnvironment(_logger, checkpoint.Environment, Environment);
        _state.Read(checkpoint);
        RunPosition position = checkpoint.Position;
        _epochs.AddRange(position.Epochs);
        (_best, _bestAverage, _soFar, _setbacks) = (position.Best, position.BestAverage, position.SoFar, position.Setbacks);
        _resumed = _epochs.Count;
        _kept = latest is null ? null : (_resumed, position.Steps);
        _reports.GoOn(_epochs, position.Steps);
        string file = latest is null ? _options.Continues! : _folder!.FileOf(_resumed, position.Steps);
        if (position.Steps == 0)
            TrainingLog.Resumed(_logger, _resumed, file);
        else
            TrainingLog.ResumedWithin(_logger, _resumed, position.Steps, file);
        WriteMetrics();
    }

    private TrainingCheckpoint? Continued()
    {
        if (_options.Continues is not { } file)
            return null;
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(file);
        try
        {
            _identity = _identity!.GoingOnFrom(checkpoint.Identity, checkpoint.Hash);
            int done = checkpoint.Position.Epochs.Count;
            return done < Recipe.Epochs ? checkpoint
                : throw new CheckpointRefusedException($"a training that goes on must have more epochs than the {done} that {file} has behind it, which count among them, got {Recipe.Epochs}. Set {nameof(TrainingRecipe)}.{nameof(TrainingRecipe.Epochs)}.");
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    private bool SaveIsDue(int steps) =>
        _folder is not null
        && ((_options.CheckpointEverySteps is { } every && steps % every == 0) || (_options.CheckpointInterval is { } interval && Stopwatch.GetElapsedTime(_saved) >= interval));

    private void Save(EpochSoFar? soFar)
    {
        if (_folder is null)
            return;
        RunPosition position = new() { Epochs = [.. _epochs], Best = _best, BestAverage = _bestAverage, SoFar = soFar, Setbacks = _setbacks };
        string file = _folder.FileOf(_epochs.Count, position.Steps);
        Writing(file, () =>
        {
            _folder.ThrowIfLost();
            _state.Write(file, _identity!, Environment, position);
        });
        _folder.Prune(file, _logger);
        (_kept, _saved) = ((_epochs.Count, position.Steps), Stopwatch.GetTimestamp());
        TrainingLog.Wrote(_logger, file);
    }

    // Where a training was cancelled. That it was is said even if this cannot be written.
    private string KeepNow(EpochSoFar soFar)
    {
        try
        {
            if (soFar.Steps > 0 && _kept != (_epochs.Count, soFar.Steps))
                Save(soFar);
            return Kept();
        }
        catch (CheckpointNotWrittenException e)
        {
            return e.Message;
        }
    }

    private void WriteMetrics()
    {
        if (_options.MetricsFolder is { } folder)
            Writing(folder, () => MetricsFiles.Write(folder, _epochs));
    }

    private void Writing(string file, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointNotWrittenException(file, Kept(), e);
        }
    }

    private TrainingDivergedException Diverged(int epoch, int step, double rate, string found, Exception? inner = null) =>
        new(epoch + 1, step + 1, rate, found, Kept(), inner);

    private TrainingOutOfMemoryException TooLarge(Exception inner)
    {
        IImageSource images = _data.Train;
        int atOnce = (int)Math.Min(Math.Min(Recipe.MicroBatchSize ?? Recipe.BatchSize, Recipe.BatchSize), images.Count);
        TrainingMemory estimate = TrainingMemory.Of(_classifier.Spec, _trainer.Objective, Recipe with { BatchSize = atOnce, MicroBatchSize = null }, images.Height, images.Width);
        // The estimate is a lower bound: what did not fit must get smaller in any case.
        int fits = Math.Max(2, atOnce / 2);
        if (OutOfMemory.Capacity(inner) is { } capacity)
            fits = Math.Min(fits, TrainingMemory.LargestBatch(_classifier.Spec, _trainer.Objective, Recipe, images.Height, images.Width, capacity) ?? 2);
        return new TrainingOutOfMemoryException(atOnce, fits, estimate, Kept(), inner);
    }

    private string Kept() => (_folder, _kept) switch
    {
        (null, _) => "No checkpoint folder was given, so nothing was kept.",
        (_, null) => "No epoch was finished, so there is no checkpoint.",
        (_, (int epochs, 0)) => $"The checkpoint of epoch {epochs} is kept: {_folder.FileOf(epochs)}.",
        (_, (int epochs, int steps)) => $"The checkpoint of epoch {epochs + 1}, step {steps}, is kept: {_folder.FileOf(epochs, steps)}.",
    };
}
