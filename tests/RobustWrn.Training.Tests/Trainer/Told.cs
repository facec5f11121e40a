namespace RobustWrn.Training.Tests;

/// <summary>Progress reported at once, on the reporting thread.</summary>
internal sealed class Told(Action<TrainingProgress> told) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => told(value);
}
