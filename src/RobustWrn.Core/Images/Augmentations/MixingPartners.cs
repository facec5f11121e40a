using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Whom each example of a batch is mixed with: the next in an order that the stream gives by the ids of the examples, the last with the
/// first.
/// </summary>
internal static class MixingPartners
{
    /// <summary>The position of each example's partner in the batch. Nobody is its own partner in a batch of two or more.</summary>
    public static long[] Of(RandomStream stream, ReadOnlySpan<long> examples)
    {
        (ulong Key, long Example, int Position)[] order = new (ulong, long, int)[examples.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = (stream.Sequence(examples[i]).NextUInt64(), examples[i], i);
        Array.Sort(order);
        long[] partners = new long[order.Length];
        for (int i = 0; i < order.Length; i++)
            partners[order[i].Position] = order[(i + 1) % order.Length].Position;
        return partners;
    }

    /// <summary>The labels of a batch mixed so. The caller disposes them.</summary>
    public static MixedLabels Labels(Tensor labels, Tensor partners, float[] shares) =>
        new(labels.alias().MoveToOuterDisposeScope(), labels.index_select(0, partners).MoveToOuterDisposeScope(), tensor(shares, device: labels.device).MoveToOuterDisposeScope());
}
