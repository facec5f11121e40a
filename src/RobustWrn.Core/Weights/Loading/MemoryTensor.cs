using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A tensor that is in memory already; not owned.</summary>
internal sealed class MemoryTensor(string name, Tensor tensor) : StoredTensor(name, tensor.dtype, tensor.shape)
{
    public override void CopyTo(Tensor target)
    {
        using Tensor converted = tensor.to(target.dtype, target.device);
        target.copy_(converted);
    }
}
