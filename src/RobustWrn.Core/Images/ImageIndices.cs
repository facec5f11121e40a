namespace RobustWrn.Core;

/// <summary>Refuses indices that are out of range: torch's own message does not name them.</summary>
internal static class ImageIndices
{
    internal static void Check(ReadOnlySpan<long> indices, long count)
    {
        foreach (long index in indices)
        {
            if (index < 0 || index >= count)
                throw new ArgumentOutOfRangeException(nameof(indices), $"an index must be in [0, {count}), the number of images, got {index}.");
        }
    }

    /// <summary>0 .. count-1.</summary>
    internal static long[] UpTo(long count)
    {
        long[] all = new long[count];
        for (long i = 0; i < count; i++)
            all[i] = i;
        return all;
    }
}
