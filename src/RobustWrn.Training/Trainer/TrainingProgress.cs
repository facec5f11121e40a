using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The progress of a training, reported at most once an interval, and at the end of each epoch, outside any dispose scope of the training.
/// </summary>
/// <param name="Epoch">The epoch at work, from 1.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Steps of this epoch that are done.</param>
/// <param name="Steps">Steps an epoch.</param>
/// <param name="Loss">The loss of the last step.</param>
/// <param name="LearningRate">The learning rate of the last step.</param>
/// <param name="ImagesPerSecond">Training images a second in this epoch.</param>
/// <param name="Remaining">Time to the end, guessed from the time so far, validation included.</param>
/// <param name="Latest">The last finished epoch, or null before there is one.</param>
public readonly record struct TrainingProgress(
    int Epoch, int Epochs, int Step, int Steps, double Loss, double LearningRate, double ImagesPerSecond, TimeSpan Remaining,
        EpochMetrics? Latest)
{
    /// <summary>
    /// Steps, over all epochs, that an earlier process took: the run went on from a checkpoint behind them. 0 for a run that began anew.
    /// </summary>
    public long ResumedSteps { get; init; }

    /// <summary>
    /// The epoch that has just ended, validated and recorded; null in reports within an epoch. Each epoch that a call trains to its end is
    /// reported so exactly once, in order and on the thread that trains; those of earlier calls are not (<see cref="Latest"/> has the last
    /// of them).
    /// </summary>
    public EpochMetrics? Finished { get; init; }

    /// <summary>True where the run went on from a checkpoint.</summary>
    public bool IsResumed => ResumedSteps > 0;

    /// <summary>Epoch, step, loss and time to the end as one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {Epoch} of {Epochs}, step {Step} of {Steps}: loss {Loss:0.####}, ")
        + $"{Quantity.Short(Remaining)} left{(IsResumed ? ", resumed" : "")}";
}
