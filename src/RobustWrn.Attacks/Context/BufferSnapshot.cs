using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A copy of a model's buffers, such as the statistics of its batch norms, to go back to. Owns its tensors.</summary>
public sealed class BufferSnapshot : IDisposable
{
    private readonly List<(string Name, Tensor Buffer, Tensor Copy)> _buffers = [];

    /// <summary>Copies the buffers of a model, and changes nothing of it.</summary>
    /// <param name="model">The model.</param>
    public BufferSnapshot(nn.Module model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using IDisposable guard = no_grad();
        try
        {
            foreach ((string name, Tensor buffer) in model.named_buffers())
                _buffers.Add((name, buffer, buffer.clone().DetachFromDisposeScope()));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Gives the model these buffers, to the bit; each on its own, so that one that resists does not keep the others.</summary>
    /// <returns>A line for each that could not be brought back; empty for all but models that misbehave.</returns>
    public ValueList<string> Restore()
    {
        using IDisposable guard = no_grad();
        List<string> left = [];
        foreach ((string name, Tensor buffer, Tensor copy) in _buffers)
        {
            try
            {
                buffer.copy_(copy);
            }
            catch (Exception e)
            {
                left.Add($"{name}: {e.Message.Split('\n')[0]}");
            }
        }
        return left.ToValueList();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, Tensor copy) in _buffers)
            copy.Dispose();
    }
}
