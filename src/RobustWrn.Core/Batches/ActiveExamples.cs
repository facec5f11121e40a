using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The examples of a batch that a run still works on, and what it keeps for each. Those that are done leave, and the rows of everything
/// kept close up, so that a step costs what the remaining ones cost. Examples know nothing of each other, so that leaving changes nothing
/// for those that stay. Disposing it disposes all that it keeps.
/// </summary>
/// <param name="count">How many there are at the start.</param>
public sealed class ActiveExamples(long count) : IDisposable
{
    private readonly List<PerExample> _kept = [];

    /// <summary>The rows of the batch that the active examples came from, in order.</summary>
    public IReadOnlyList<long> Rows { get; private set; } = [.. Enumerable.Range(0, checked((int)count)).Select(row => (long)row)];

    /// <summary>How many are left.</summary>
    public int Count => Rows.Count;

    /// <summary>Keeps a tensor with a row for each active example, and drops the rows of those that leave.</summary>
    /// <param name="value">(n, ...). It changes hands; give an alias of one that somebody else owns.</param>
    public PerExample Keep(Tensor value)
    {
        PerExample kept = new(value);
        _kept.Add(kept);
        return kept;
    }

    /// <summary>Lets examples leave.</summary>
    /// <param name="leaving">For each active example, whether it leaves.</param>
    /// <exception cref="ArgumentException">There is not one answer for each active example.</exception>
    public void Drop(ReadOnlySpan<bool> leaving)
    {
        if (leaving.Length != Count)
            throw new ArgumentException($"there must be one answer for each of the {Count} active examples, got {leaving.Length}.", nameof(leaving));
        bool[] leaves = leaving.ToArray();
        long[] staying = [.. Enumerable.Range(0, Count).Where(i => !leaves[i]).Select(i => (long)i)];
        if (staying.Length == Count)
            return;
        Rows = [.. staying.Select(i => Rows[(int)i])];
        if (Count == 0)
            return; // nobody asks for their values any more
        using DisposeScope scope = NewDisposeScope();
        Tensor index = tensor(staying, [staying.Length]);
        foreach (PerExample kept in _kept)
            kept.Value = kept.Value.index_select(0, index.to(kept.Value.device));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PerExample kept in _kept)
            kept.Dispose();
    }
}
