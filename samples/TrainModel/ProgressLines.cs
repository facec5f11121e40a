using System.Globalization;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>A line an epoch, and one now and then within it, for terminals and files alike.</summary>
public sealed class ProgressLines(TextWriter output) : IProgress<TrainingProgress>
{
    private int _epoch;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Latest is { } done && done.Epoch > _epoch)
        {
            _epoch = done.Epoch;
            string average = done.Average is { } shadow ? $"; average: clean {shadow.Clean}, robust {shadow.Robust}" : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"epoch {done.Epoch} of {value.Epochs}: loss {done.Loss:0.000}, validation clean {done.Clean}, robust {done.Robust}{average}; {done.Elapsed.TotalSeconds:0} s"));
            return;
        }
        if (value.Step > 0 && value.Step * 4 / value.Steps > (value.Step - 1) * 4 / value.Steps)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"epoch {value.Epoch}, step {value.Step} of {value.Steps}: loss {value.Loss:0.000}, {value.ImagesPerSecond:0} images/s, {value.Remaining:hh\\:mm\\:ss} left"));
        }
    }
}
