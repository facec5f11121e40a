using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A tensor of a file: a layout over a storage that is not read before the values are wanted.</summary>
internal sealed class StridedTensor(string name, ScalarType dtype, StridedLayout layout, TensorStorage storage, long storageOffset, AllocationGate gate) : StoredTensor(name, dtype, layout.Shape)
{
    private const int Part = 1 << 18;

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

    /// <summary>
    /// Visits the bytes of the values, in the order of the elements and in this machine's byte order, part by part where they lie in that
    /// order.
    /// </summary>
    public void ForEachByte(TensorMemory.Chunk visit)
    {
        if (layout.Count == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        if (!layout.IsContiguous)
        {
            gate.Admit(layout.Count * _size, Name);
            TensorMemory.ForEachByte(View(Base(From, To), From), visit);
            return;
        }
        long most = Math.Min(layout.Count, Math.Max(1, Part / _size));
        Tensor buffer = empty([most], Type);
        for (long at = 0; at < layout.Count; at += most)
        {
            using DisposeScope turn = NewDisposeScope();
            Tensor part = buffer.narrow(0, 0, Math.Min(most, layout.Count - at));
            storage.Read(From + at * _size, part);
            visit(part.bytes);
        }
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
