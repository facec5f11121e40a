using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>A copy of a network's parameters and buffers. Owns its tensors.</summary>
internal sealed class WeightSnapshot : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _tensors = [];

    public WeightSnapshot(nn.Module network)
    {
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
            _tensors.Add(name, tensor.clone().DetachFromDisposeScope());
    }

    public IEnumerable<KeyValuePair<string, Tensor>> Tensors => _tensors;

    /// <summary>The copy of a tensor, by its name in the state dict.</summary>
    public Tensor this[string name] => _tensors[name];

    /// <summary>Takes the network's present weights.</summary>
    public void CopyFrom(nn.Module network)
    {
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
            _tensors[name].copy_(tensor);
    }

    /// <summary>Takes one tensor.</summary>
    public void Set(string name, Tensor value)
    {
        using IDisposable guard = no_grad();
        _tensors[name].copy_(value);
    }

    /// <summary>Gives the network these weights.</summary>
    public void CopyTo(nn.Module network)
    {
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in network.state_dict())
            tensor.copy_(_tensors[name]);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
    }
}
