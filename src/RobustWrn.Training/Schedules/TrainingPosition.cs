using System.Globalization;

namespace RobustWrn.Training;

/// <summary>Where in a training a step stands, before it is taken.</summary>
/// <param name="Epoch">Which epoch, from 0.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Step">Which step of the epoch, from 0.</param>
/// <param name="Steps">Steps an epoch.</param>
public readonly record struct TrainingPosition(int Epoch, int Epochs, int Step, int Steps)
{
    /// <summary>Steps that are done before it, over all epochs.</summary>
    public long StepsBefore => (long)Epoch * Steps + Step;

    /// <summary>Steps of the whole training.</summary>
    public long AllSteps => (long)Epochs * Steps;

    /// <summary>The share of all steps that are done, in [0, 1).</summary>
    public double Progress => (double)StepsBefore / AllSteps;

    /// <summary>The place, counted from 1.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"epoch {Epoch + 1} of {Epochs}, step {Step + 1} of {Steps}");
}
