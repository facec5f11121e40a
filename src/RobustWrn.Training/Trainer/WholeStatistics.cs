using RobustWrn.Core;
using TorchSharp.Modules;

namespace RobustWrn.Training;

/// <summary>Batch norms whose running statistics are those of the newest batch alone, until this is disposed.</summary>
internal sealed class WholeStatistics : IDisposable
{
    private readonly (BatchNorm Layer, double? Momentum)[] _layers;

    public WholeStatistics(Classifier classifier)
    {
        _layers = [.. classifier.named_modules().Select(named => named.module).OfType<BatchNorm>().Distinct().Select(layer => (layer, layer.momentum))];
        foreach ((BatchNorm layer, _) in _layers)
            layer.momentum = 1;
    }

    public void Dispose()
    {
        foreach ((BatchNorm layer, double? momentum) in _layers)
            layer.momentum = momentum;
    }
}
