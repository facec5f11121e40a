using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The bytes that one or several tensors look into.</summary>
internal abstract class TensorStorage
{
    /// <summary>How many bytes there are.</summary>
    public abstract long Bytes { get; }

    /// <summary>Compares the bytes with their checksum, once, where there is one.</summary>
    public virtual void Verify()
    {
    }

    /// <summary>Fills a contiguous tensor of the CPU with the bytes from a position on, in this machine's byte order.</summary>
    public abstract void Read(long from, Tensor tensor);
}
