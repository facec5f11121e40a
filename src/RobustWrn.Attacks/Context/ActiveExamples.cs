using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The examples of a batch that a run still works on, and what it keeps for each. Those that are done leave, and the rows of everything kept close up, so that a step costs
/// what the remaining ones cost. Examples know nothing of each other, so that leaving changes nothing for those that stay.
/// </summary>
internal sealed class ActiveExamples(long count) : IDisposable
{
    private readonly List<PerExample> _kept = [];

    /// <summary>The rows of the batch that the active examples came from, in order.</summary>
    public long[] Rows { get; private set; } = [.. Enumerable.Range(0, checked((int)count)).Select(row => (long)row)];

    /// <summary>How many are left.</summary>
    public int Count => Rows.Length;

    /// <summary>Keeps a tensor with a row for each active example, and drops the rows of those that leave. The tensor changes hands.</summary>
    public PerExample Keep(Tensor value)
    {
        PerExample kept = new(value);
        _kept.Add(kept);
        return kept;
    }

    /// <summary>Lets examples leave.</summary>
    /// <param name="leaving">For each active example, whether it leaves.</param>
    public void Drop(bool[] leaving)
    {
        long[] staying = [.. Enumerable.Range(0, Count).Where(i => !leaving[i]).Select(i => (long)i)];
        if (staying.Length == Count)
            return;
        Rows = [.. staying.Select(i => Rows[i])];
        if (Count == 0)
            return; // nobody asks for their values any more
        using DisposeScope scope = NewDisposeScope();
        Tensor index = tensor(staying, [staying.Length]);
        foreach (PerExample kept in _kept)
            kept.Value = kept.Value.index_select(0, index.to(kept.Value.device));
    }

    public void Dispose()
    {
        foreach (PerExample kept in _kept)
            kept.Dispose();
    }
}
