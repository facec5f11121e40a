using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Stored tensors into new ones: each storage is read once, and tensors that shared one share it again.</summary>
internal static class StoredTensors
{
    /// <summary>Reads all of them, in order.</summary>
    public static NamedTensors Read(IReadOnlyList<StridedTensor> stored, IReadOnlyDictionary<string, string> metadata, AllocationGate gate)
    {
        foreach (StridedTensor tensor in stored)
            tensor.Verify();
        Dictionary<(TensorStorage, ScalarType), (long From, long To)> ranges = [];
        foreach (StridedTensor tensor in stored.Where(tensor => tensor.To > tensor.From))
        {
            (TensorStorage, ScalarType) key = (tensor.Storage, tensor.Type);
            ranges[key] = ranges.TryGetValue(key, out (long From, long To) range) ? (Math.Min(range.From, tensor.From), Math.Max(range.To, tensor.To)) : (tensor.From, tensor.To);
        }
        // One storage read as several element types is read for each.
        gate.AdmitSum(ranges.Values.Aggregate((Int128)0, (sum, range) => sum + range.To - range.From), "the tensors");
        using DisposeScope scope = NewDisposeScope();
        Dictionary<(TensorStorage, ScalarType), Tensor> bases = [];
        OrderedDictionary<string, Tensor> tensors = [];
        foreach (StridedTensor tensor in stored)
        {
            (TensorStorage, ScalarType) key = (tensor.Storage, tensor.Type);
            if (!ranges.TryGetValue(key, out (long From, long To) range))
                tensors.Add(tensor.Name, empty(tensor.Shape, tensor.Type));
            else
            {
                if (!bases.TryGetValue(key, out Tensor? whole))
                    bases.Add(key, whole = tensor.Base(range.From, range.To));
                tensors.Add(tensor.Name, tensor.To > tensor.From ? tensor.View(whole, range.From) : empty(tensor.Shape, tensor.Type));
            }
        }
        foreach (Tensor tensor in tensors.Values)
            tensor.DetachFromDisposeScope();
        return new NamedTensors(tensors, metadata);
    }
}
