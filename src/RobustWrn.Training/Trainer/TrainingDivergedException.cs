using System.Globalization;

namespace RobustWrn.Training;

/// <summary>The loss or the gradients of a training became NaN or infinite. The step that did so was not taken.</summary>
public sealed class TrainingDivergedException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The step of the epoch, from 1.</param>
    /// <param name="learningRate">The learning rate of the step.</param>
    /// <param name="found">Which number was not finite.</param>
    /// <param name="kept">A sentence on what is left of the training: its last checkpoint, or nothing.</param>
    /// <param name="inner">The error behind it; null for none.</param>
    public TrainingDivergedException(int epoch, int step, double learningRate, string found, string kept, Exception? inner = null)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"loss and gradients must be finite, got {found} in epoch {epoch}, step {step}, at learning rate {learningRate:g4}. {kept} Lower the learning rate or clip gradients at a smaller norm."), inner) =>
        (Epoch, Step, LearningRate) = (epoch, step, learningRate);

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; }

    /// <summary>The step of the epoch, from 1.</summary>
    public int Step { get; }

    /// <summary>The learning rate of the step.</summary>
    public double LearningRate { get; }
}
