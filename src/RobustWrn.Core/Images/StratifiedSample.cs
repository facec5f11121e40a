namespace RobustWrn.Core;

/// <summary>Draws images so that each class keeps its share, as nearly as whole numbers allow.</summary>
internal static class StratifiedSample
{
    /// <summary>Draws without replacement.</summary>
    /// <param name="labels">The class of each image.</param>
    /// <param name="count">How many to draw, at most as many as there are.</param>
    /// <param name="stream">Decides which images of a class are drawn.</param>
    /// <returns>The drawn images and the others, each in ascending order.</returns>
    internal static (long[] Drawn, long[] Others) Draw(ReadOnlySpan<long> labels, long count, RandomStream stream)
    {
        SortedDictionary<long, List<long>> members = [];
        foreach (long image in stream.Permutation(labels.Length))
        {
            long label = labels[checked((int)image)];
            if (!members.TryGetValue(label, out List<long>? images))
                members.Add(label, images = []);
            images.Add(image);
        }
        bool[] drawn = new bool[labels.Length];
        foreach ((List<long> images, long quota) in members.Values.Zip(Quotas([.. members.Values.Select(images => (long)images.Count)], count)))
        {
            foreach (long image in images.Take(checked((int)quota)))
                drawn[image] = true;
        }
        long[] all = ImageIndices.UpTo(labels.Length);
        return ([.. all.Where(image => drawn[image])], [.. all.Where(image => !drawn[image])]);
    }

    /// <summary>
    /// Shares of a total in proportion to sizes: rounded down, then one more each for the largest remainders (Hamilton's method),
    /// earlier classes first.
    /// </summary>
    internal static long[] Quotas(long[] sizes, long count)
    {
        long total = sizes.Sum();
        long[] quotas = [.. sizes.Select(size => (long)((Int128)size * count / total))];
        IEnumerable<int> byRemainder = Enumerable.Range(0, sizes.Length).OrderByDescending(i => (long)((Int128)sizes[i] * count % total));
        foreach (int i in byRemainder.Take(checked((int)(count - quotas.Sum()))))
            quotas[i]++;
        return quotas;
    }
}
