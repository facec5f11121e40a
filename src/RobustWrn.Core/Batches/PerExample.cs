using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A tensor with a row for each active example that lives over the steps of an attack: it owns the tensor and disposes the one it replaces.
/// </summary>
public sealed class PerExample : IDisposable
{
    private Tensor _value;

    /// <summary>Takes a tensor.</summary>
    /// <param name="value">(n, ...). It changes hands; give an alias of one that somebody else owns.</param>
    public PerExample(Tensor value) => _value = value.DetachFromDisposeScope();

    /// <summary>The tensor. A new one changes hands; give an alias of one that somebody else owns.</summary>
    public Tensor Value
    {
        get => _value;
        set
        {
            if (ReferenceEquals(value, _value))
                return;
            Tensor taken = value.DetachFromDisposeScope();
            _value.Dispose();
            _value = taken;
        }
    }

    /// <summary>Takes another tensor's values where a mask is true.</summary>
    /// <param name="mask">(n), boolean.</param>
    /// <param name="other">(n, ...), only read.</param>
    public void SetWhere(Tensor mask, Tensor other) =>
        Value = where(_value.dim() == 1 ? mask : mask.reshape([-1, .. Enumerable.Repeat(1L, (int)_value.dim() - 1)]), other, _value);

    /// <inheritdoc/>
    public void Dispose() => _value.Dispose();
}
