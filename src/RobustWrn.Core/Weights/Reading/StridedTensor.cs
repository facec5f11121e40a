using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A tensor of a file: a layout over a storage that is not read before the values are wanted.</summary>
internal sealed class StridedTensor(string name, ScalarType dtype, StridedLayout layout, TensorStorage storage, long storageOffset, AllocationGate gate) : StoredTensor(name, dtype, layout.Shape)
{
    private readonly int _size = ElementTypes.Size(dtype);

    /// <summary>What it lies in.</summary>
    public TensorStorage Storage => storage;

    /// <summary>Its first byte in the storage.</summary>
    public long From => storageOffset + layout.Offset * _size;

    /// <summary>The byte behind its last one.</summary>
    public long To => From + layout.Extent * _size;

    public override void Verify() => storage.Verify();

    public override void CopyTo(Tensor target)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = target.detach();
        if (layout.IsContiguous && target.dtype == Type && target.device_type == DeviceType.CPU && target.is_contiguous())
            storage.Read(From, flat);
        else
            flat.copy_(View(Base(From, To), From));
    }

    /// <summary>A new tensor over a range of the storage.</summary>
    public Tensor Base(long from, long to)
    {
        gate.Admit(to - from, Name);
        Tensor whole = empty([(to - from) / _size], Type);
        storage.Read(from, whole);
        return whole;
    }

    /// <summary>This tensor as a view of a base that begins at a byte of the storage.</summary>
    public Tensor View(Tensor whole, long from)
    {
        long offset = (From - from) / _size;
        return layout.IsContiguous && offset == 0 && whole.numel() == layout.Count ? whole.view(Shape) : whole.as_strided(Shape, layout.Strides, offset);
    }
}
