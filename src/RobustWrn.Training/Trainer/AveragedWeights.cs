using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The moving average of a network's weights at work: the shadow beside the training. Owns its tensors.</summary>
internal sealed class AveragedWeights : IDisposable
{
    private readonly WeightAverage _settings;
    private readonly WeightSnapshot _average;
    private readonly HashSet<string> _parameters;

    public AveragedWeights(nn.Module network, WeightAverage settings)
    {
        (_settings, _average) = (settings, new WeightSnapshot(network));
        _parameters = [.. network.named_parameters().Select(pair => pair.name)];
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors => _average.Tensors;

    /// <summary>Adds the network after a step.</summary>
    /// <param name="network">The network.</param>
    /// <param name="step">Steps taken, this one included.</param>
    /// <param name="warmUpSteps">Steps before which the average is a plain copy.</param>
    public void Add(nn.Module network, long step, double warmUpSteps)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double decay = _settings.DecayAt(step, warmUpSteps);
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            if (!_settings.AveragesBuffers && !_parameters.Contains(name))
                continue;
            Tensor average = _average[name];
            if (decay == 0)
                average.copy_(tensor);
            else if (average.is_floating_point())
                average.TimesInPlace(decay).PlusInPlace(tensor, 1 - decay);
            else // a count of batches: PyTorch multiplies it in float32 and cuts it off to a whole number (Lu et al. 2022)
                average.copy_(average.to(ScalarType.Float32).Times(decay).Plus(tensor.to(ScalarType.Float32).Times(1 - decay)));
        }
    }

    /// <summary>Ends an epoch: takes the network's buffers, unless they are averaged.</summary>
    public void EndEpoch(nn.Module network)
    {
        if (_settings.AveragesBuffers)
            return;
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
        {
            if (!_parameters.Contains(name))
                _average[name].copy_(tensor);
        }
    }

    /// <summary>Starts from other weights.</summary>
    public void CopyFrom(nn.Module network) => _average.CopyFrom(network);

    /// <summary>Does something while the network has the averaged weights; afterwards it has its own again.</summary>
    public T Within<T>(nn.Module network, Func<T> judged)
    {
        using WeightSnapshot own = new(network);
        try
        {
            _average.CopyTo(network);
            return judged();
        }
        finally
        {
            own.CopyTo(network);
        }
    }

    public void Dispose() => _average.Dispose();
}
