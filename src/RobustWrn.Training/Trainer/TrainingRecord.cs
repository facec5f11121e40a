using System.Diagnostics;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The record of a training on disk: the checkpoint it goes on from, the ones it leaves and when, and its metrics. Without folders it reads
/// and writes nothing.
/// </summary>
internal sealed class TrainingRecord : IDisposable
{
    private readonly TrainingOptions _options;
    private readonly TrainingCourse _course;
    private readonly RunState _state;
    private readonly string _environment;
    private readonly ILogger _logger;
    private readonly CheckpointFolder? _folder;
    private RunIdentity? _identity;
    private (int Epochs, int Steps)? _kept;
    private long _saved = Stopwatch.GetTimestamp();

    /// <summary>Takes the checkpoint folder, which is locked until this is disposed.</summary>
    /// <param name="options">The folders, and how often checkpoints are written.</param>
    /// <param name="course">The course that is recorded.</param>
    /// <param name="state">The tensors that are recorded.</param>
    /// <param name="identity">What decides the outcome; null where there is nothing to read or write.</param>
    /// <param name="environment">What the bits of the outcome on one device depend on besides.</param>
    /// <param name="logger">Told what is read, written and removed.</param>
    public TrainingRecord(
        TrainingOptions options, TrainingCourse course, RunState state, RunIdentity? identity, string environment, ILogger logger)
    {
        (_options, _course, _state, _identity, _environment, _logger) = (options, course, state, identity, environment, logger);
        if (options.CheckpointFolder is not null)
            _folder = new CheckpointFolder(options.CheckpointFolder, options.KeptCheckpoints);
        if (options.MetricsFolder is not null)
            AtomicFile.RemoveUnfinished(options.MetricsFolder);
    }

    /// <summary>The newest checkpoint; null without a folder.</summary>
    public string? Newest => _kept is (int epochs, int steps) ? _folder?.FileOf(epochs, steps) : null;

    /// <summary>Brings course and tensors to where a checkpoint left them, if there is one.</summary>
    /// <param name="recipe">The recipe, which must have more epochs than a training that it goes on from.</param>
    /// <param name="reports">Told where the training goes on.</param>
    public void Resume(TrainingRecipe recipe, TrainingReports reports)
    {
        using TrainingCheckpoint? continued = Continued(recipe);
        using TrainingCheckpoint? latest = _folder?.ReadLatest(_identity!, _logger);
        if ((latest ?? continued) is not { } checkpoint)
            return;
        if (checkpoint.Environment != _environment)
            TrainingLog.OtherEnvironment(_logger, checkpoint.Environment, _environment);
        _state.Read(checkpoint);
        int steps = checkpoint.Position.Steps;
        _course.GoOnFrom(checkpoint.Position);
        _kept = latest is null ? null : (_course.Resumed, steps);
        reports.GoOn(_course.Epochs, steps);
        string file = latest is null ? _options.Continues! : _folder!.FileOf(_course.Resumed, steps);
        if (steps == 0)
            TrainingLog.Resumed(_logger, _course.Resumed, file);
        else
            TrainingLog.ResumedWithin(_logger, _course.Resumed, steps, file);
        WriteMetrics();
    }

    /// <summary>Tells whether a checkpoint is due within an epoch.</summary>
    /// <param name="steps">Steps of the epoch that are done.</param>
    public bool IsDue(int steps) =>
        _folder is not null
        && ((_options.CheckpointEverySteps is { } every && steps % every == 0)
            || (_options.CheckpointInterval is { } interval && Stopwatch.GetElapsedTime(_saved) >= interval));

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="soFar">The steps of the epoch at work; null between two epochs.</param>
    /// <exception cref="CheckpointNotWrittenException">It could not be written.</exception>
    public void Save(EpochSoFar? soFar)
    {
        if (_folder is null)
            return;
        RunPosition position = _course.At(soFar);
        int epochs = position.Epochs.Count;
        string file = _folder.FileOf(epochs, position.Steps);
        Writing(file, () =>
        {
            _folder.ThrowIfLost();
            _state.Write(file, _identity!, _environment, position);
        });
        _folder.Prune(file, _logger);
        (_kept, _saved) = ((epochs, position.Steps), Stopwatch.GetTimestamp());
        TrainingLog.Wrote(_logger, file);
    }

    /// <summary>
    /// Writes a checkpoint where a training returns without having taken a step in this folder: it went on from one of another folder that
    /// has all the epochs it was to have.
    /// </summary>
    public void KeepEnd()
    {
        if (_kept is null)
            Save(_course.SoFar);
    }

    /// <summary>Writes a checkpoint and removes those within the epoch at work, which are of a course that was left.</summary>
    public void SaveAfterSetback()
    {
        Save(null);
        _folder?.RemoveWithin(_course.Epochs.Count, _logger);
    }

    /// <summary>
    /// Writes a checkpoint where a training was cancelled, unless there is one. That it was cancelled is said even if this cannot be
    /// written.
    /// </summary>
    /// <returns>What is kept, or why it could not be, as sentences.</returns>
    public string KeepNow(EpochSoFar soFar)
    {
        try
        {
            if (soFar.Steps > 0 && _kept != (_course.Epochs.Count, soFar.Steps))
                Save(soFar);
            return Kept();
        }
        catch (CheckpointNotWrittenException e)
        {
            return e.Message;
        }
    }

    /// <summary>Writes the metrics of the finished epochs, if they have a folder.</summary>
    /// <exception cref="CheckpointNotWrittenException">They could not be written.</exception>
    public void WriteMetrics()
    {
        if (_options.MetricsFolder is { } folder)
            Writing(folder, () => MetricsFiles.Write(folder, _course.Epochs));
    }

    /// <summary>The newest checkpoint, as a sentence.</summary>
    public string Kept() => (_folder, _kept) switch
    {
        (null, _) => "No checkpoint folder was given, so nothing was kept.",
        (_, null) => "No epoch was finished, so there is no checkpoint.",
        (_, (int epochs, 0)) => $"The checkpoint of epoch {epochs} is kept: {_folder.FileOf(epochs)}.",
        (_, (int epochs, int steps)) =>
            $"The checkpoint of epoch {epochs + 1}, step {steps}, is kept: {_folder.FileOf(epochs, steps)}.",
    };

    public void Dispose() => _folder?.Dispose();

    private TrainingCheckpoint? Continued(TrainingRecipe recipe)
    {
        if (_options.Continues is not { } file)
            return null;
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Read(file);
        try
        {
            _identity = _identity!.GoingOnFrom(checkpoint.Identity, checkpoint.Hash);
            int done = checkpoint.Position.Epochs.Count;
            return done < recipe.Epochs
                ? checkpoint
                : throw new CheckpointRefusedException(
                    $"a training that goes on must have more epochs than the {done} that {file} has behind it, which count among them, got "
                    + $"{recipe.Epochs}. Set {nameof(TrainingRecipe)}.{nameof(TrainingRecipe.Epochs)}.");
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
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
}
