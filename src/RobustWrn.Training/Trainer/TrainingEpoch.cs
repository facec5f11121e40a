using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>One epoch after the other: its steps, with checkpoints between them, and its validation.</summary>
/// <param name="trainer">Objective and recipe.</param>
/// <param name="classifier">The network.</param>
/// <param name="images">The training images, whose size tells how much memory a step takes.</param>
/// <param name="batches">The training batches.</param>
/// <param name="step">One step.</param>
/// <param name="validation">The validation at the end.</param>
/// <param name="course">The course so far.</param>
/// <param name="state">The tensors that change.</param>
/// <param name="record">Where checkpoints go.</param>
/// <param name="reports">Told of each step.</param>
internal sealed class TrainingEpoch(
    RobustTrainer trainer, Classifier classifier, IImageSource images, TrainingBatches batches, TrainingStep step, EpochValidation validation,
    TrainingCourse course, RunState state, TrainingRecord record, TrainingReports reports)
{
    private readonly TrainingRecipe _recipe = trainer.Recipe;
    private readonly int _steps = batches.Steps;

    /// <summary>Takes the steps of an epoch that are left, and judges the weights they end in.</summary>
    /// <param name="epoch">Which epoch, from 0.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="TrainingDivergedException">Loss, gradients or logits became NaN or infinite.</exception>
    /// <exception cref="TrainingOutOfMemoryException">A step took more memory than there is.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; a checkpoint of the last step is written.</exception>
    public EpochMetrics Run(int epoch, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan before = course.SoFar?.Elapsed ?? TimeSpan.Zero;
        StepSums sums = new(course.SoFar);
        if (course.SoFar is null)
            state.BeginEpoch();
        course.SoFar = null;
        double rate = RateAt(epoch, Math.Max(0, sums.Steps - 1));
        try
        {
            Steps(epoch, sums, ref rate, () => before + Stopwatch.GetElapsedTime(start), cancellationToken);
            long validating = Stopwatch.GetTimestamp();
            classifier.eval();
            (ValidationVerdicts weights, AverageMetrics? average) = validation.Judge(epoch, cancellationToken);
            return sums.Metrics(epoch + 1, rate) with
            {
                Clean = weights.Clean,
                Robust = weights.RobustShare,
                Verdicts = weights,
                Average = average,
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
            string kept = record.KeepNow(sums.SoFar(before + Stopwatch.GetElapsedTime(start)));
            throw new OperationCanceledException(
                $"training was cancelled in epoch {epoch + 1}, after {sums.Steps} of {Quantity.Of(_steps, "step")}. {kept}", e, cancellationToken);
        }
    }

    private void Steps(int epoch, StepSums sums, ref double rate, Func<TimeSpan> elapsed, CancellationToken cancellationToken)
    {
        classifier.train();
        long[] batch = batches.At(epoch, Math.Min(sums.Steps, _steps - 1));
        while (sums.Steps < _steps)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int at = sums.Steps;
            TrainingPosition position = new(epoch, _recipe.Epochs, at, _steps);
            rate = RateAt(epoch, at);
            long[] next = at + 1 < _steps ? batches.At(epoch, at + 1) : [];
            Action announce = next.Length > 0 ? () => batches.Images.Prefetch(next) : validation.Announce;
            if (step.Take(batch, announce, position, rate, sums, cancellationToken) is { } found)
                throw Diverged(epoch, at, rate, found);
            batch = next;
            state.Average?.Add(classifier.Network, position.StepsBefore + 1, validation.WarmUp);
            reports.StepDone(epoch, at + 1, sums.LastLoss, rate);
            if (sums.Steps < _steps && record.IsDue(sums.Steps))
                record.Save(sums.SoFar(elapsed()));
        }
    }

    private double RateAt(int epoch, int at)
    {
        double rate = _recipe.LearningRateAt(epoch, at, _steps);
        return course.Setbacks == 0 ? rate : rate * Math.Pow(_recipe.Recovery!.Factor, course.Setbacks);
    }

    private TrainingDivergedException Diverged(int epoch, int at, double rate, string found, Exception? inner = null) =>
        new(epoch + 1, at + 1, rate, found, record.Kept(), inner);

    private TrainingOutOfMemoryException TooLarge(Exception inner)
    {
        int atOnce = (int)Math.Min(Math.Min(_recipe.MicroBatchSize ?? _recipe.BatchSize, _recipe.BatchSize), images.Count);
        TrainingMemory estimate = TrainingMemory.Of(
            classifier.Spec, trainer.Objective, _recipe with { BatchSize = atOnce, MicroBatchSize = null }, images.Height, images.Width);
        // The estimate is a lower bound: what did not fit must get smaller in any case.
        int fits = Math.Max(2, atOnce / 2);
        if (OutOfMemory.Capacity(inner) is { } capacity)
        {
            int? largest = TrainingMemory.LargestBatch(
                classifier.Spec, trainer.Objective, _recipe, images.Height, images.Width, capacity);
            fits = Math.Min(fits, largest ?? 2);
        }
        return new TrainingOutOfMemoryException(atOnce, fits, estimate, record.Kept(), inner);
    }
}
