using System.Diagnostics;

namespace RobustWrn.Training;

/// <summary>Tells how far a training is, at most once an interval and at the end of each epoch.</summary>
/// <param name="progress">Who is told; null is nobody.</param>
/// <param name="interval">The shortest time between two reports within an epoch.</param>
/// <param name="recipe">How it is trained.</param>
/// <param name="steps">Steps an epoch.</param>
/// <param name="images">Training images.</param>
internal sealed class TrainingReports(IProgress<TrainingProgress>? progress, TimeSpan interval, TrainingRecipe recipe, int steps, long images)
{
    private long _started = Stopwatch.GetTimestamp(), _epochStarted = Stopwatch.GetTimestamp(), _reported;
    // Steps that this process has not taken itself: before its start, and before it in the epoch.
    private long _earlier, _earlierInEpoch;
    private double _rate;
    private EpochMetrics? _latest;

    /// <summary>Goes on where a checkpoint stopped.</summary>
    public void GoOn(IReadOnlyList<EpochMetrics> epochs, int stepsWithin)
    {
        _latest = epochs.Count == 0 ? null : epochs[^1];
        (_earlier, _earlierInEpoch) = ((long)epochs.Count * steps + stepsWithin, stepsWithin);
        _started = _epochStarted = Stopwatch.GetTimestamp();
    }

    public void StepDone(int epoch, int step, double loss, double rate)
    {
        _rate = rate;
        if (_reported == 0 || Stopwatch.GetElapsedTime(_reported) >= interval)
            Report(epoch, step, loss, finished: null);
    }

    public void EpochDone(EpochMetrics metrics)
    {
        _latest = metrics;
        Report(metrics.Epoch - 1, steps, metrics.Loss, metrics);
        BeginEpoch();
    }

    /// <summary>The next step is the first of an epoch.</summary>
    public void BeginEpoch() => (_earlierInEpoch, _epochStarted) = (0, Stopwatch.GetTimestamp());

    private void Report(int epoch, int step, double loss, EpochMetrics? finished)
    {
        if (progress is null)
            return;
        _reported = Stopwatch.GetTimestamp();
        long done = (long)epoch * steps + step, left = (long)recipe.Epochs * steps - done;
        double seen = Math.Min((long)step * recipe.BatchSize, images) - (double)_earlierInEpoch * recipe.BatchSize;
        progress.Report(new TrainingProgress(
            epoch + 1, recipe.Epochs, step, steps, loss, _rate, seen / Stopwatch.GetElapsedTime(_epochStarted).TotalSeconds,
            Stopwatch.GetElapsedTime(_started) * ((double)left / Math.Max(1, done - _earlier)), _latest)
        {
            ResumedSteps = _earlier,
            Finished = finished,
        });
    }
}
