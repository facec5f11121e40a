using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Sums over the steps of an epoch.</summary>
internal sealed class StepSums
{
    private readonly OrderedDictionary<string, double> _parts = [];
    private double _loss, _norm;
    private long _images, _steps;

    /// <summary>The loss of the last step.</summary>
    public double LastLoss { get; private set; }

    /// <summary>Adds a step; all its numbers come from the device in one copy.</summary>
    /// <returns>The gradient norm.</returns>
    public double Add(ObjectiveLoss loss, Tensor gradientNorm, int images)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] numbers = [loss.Total, gradientNorm, .. loss.Parts.Select(part => part.Value)];
        double[] values = stack(numbers.Select(number => number.to(ScalarType.Float64))).cpu().data<double>().ToArray();
        LastLoss = values[0];
        _loss += values[0] * images;
        _norm += values[1];
        for (int i = 0; i < loss.Parts.Count; i++)
            _parts[loss.Parts[i].Name] = _parts.GetValueOrDefault(loss.Parts[i].Name) + values[2 + i] * images;
        _images += images;
        _steps++;
        return values[1];
    }

    public EpochMetrics Metrics(int epoch, double learningRate) => new()
    {
        Epoch = epoch,
        Loss = _loss / _images,
        Parts = _parts.Select(part => new PartMean(part.Key, part.Value / _images)).ToValueList(),
        LearningRate = learningRate,
        GradientNorm = _norm / _steps,
        Clean = default,
        Robust = default,
    };
}
