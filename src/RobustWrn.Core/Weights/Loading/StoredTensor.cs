using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A tensor that can be checked before its values are read.</summary>
/// <param name="name">Its name where it is stored.</param>
/// <param name="dtype">Its element type.</param>
/// <param name="shape">Its sides.</param>
internal abstract class StoredTensor(string name, ScalarType dtype, long[] shape)
{
    public string Name => name;

    public ScalarType Type => dtype;

    public long[] Shape => shape;

    /// <summary>
    /// Whether it is a plain number of a checkpoint, such as <c>epoch</c>, that only a network with a tensor of its name takes for one.
    /// </summary>
    public bool IsNumber { get; init; }

    /// <summary>Finds damage of the values before any is copied, where the file has a checksum of them.</summary>
    public virtual void Verify()
    {
    }

    /// <summary>Copies the values into a tensor of the same shape, of any dtype and on any device.</summary>
    public abstract void CopyTo(Tensor target);
}
