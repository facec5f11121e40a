using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Sums over the steps of an epoch.</summary>
internal sealed class StepSums
{
    private string[] _names = [];
    private double[] _parts = [];
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
        if (_steps == 0)
            (_names, _parts) = ([.. loss.Parts.Select(part => part.Name)], new double[loss.Parts.Count]);
        LastLoss = values[0];
        _loss += values[0] * images;
        _norm += values[1];
        for (int i = 0; i < _parts.Length; i++)
            _parts[i] += values[2 + i] * images;
        _images += images;
        _steps++;
        return values[1];
    }

    public EpochMetrics Metrics(int epoch, double learningRate) => new()
    {
        Epoch = epoch,
        Loss = _loss / _images,
        Parts = _names.Zip(_parts, (name, sum) => new PartMean(name, sum / _images)).ToValueList(),
        LearningRate = learningRate,
        GradientNorm = _norm / _steps,
        Clean = default,
        Robust = default,
    };
}
