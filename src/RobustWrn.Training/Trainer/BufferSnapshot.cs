using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>A copy of a network's buffers, the statistics of its batch norms. Owns its tensors.</summary>
internal sealed class BufferSnapshot : IDisposable
{
    private readonly (Tensor Buffer, Tensor Before)[] _buffers;

    public BufferSnapshot(nn.Module network)
    {
        using IDisposable guard = no_grad();
        _buffers = [.. network.named_buffers().Select(pair => (pair.buffer, pair.buffer.clone().DetachFromDisposeScope()))];
    }

    /// <summary>Gives the network these buffers, to the bit.</summary>
    public void Restore()
    {
        using IDisposable guard = no_grad();
        foreach ((Tensor buffer, Tensor before) in _buffers)
            buffer.copy_(before);
    }

    public void Dispose()
    {
        foreach ((_, Tensor before) in _buffers)
            before.Dispose();
    }
}
