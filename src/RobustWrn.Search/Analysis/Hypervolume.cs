namespace RobustWrn.Search;

/// <summary>
/// The hypervolume of points above a reference point: the volume of all that some point is at least as good as (Zitzler and Thiele
/// 1998). It grows whenever a point comes that none before is as good as.
/// </summary>
/// <remarks>
/// Exact for any number of objectives: points are sliced by the last one, and of each slice counts what no better slice covers, as
/// While, Bradstreet and Barone 2012 (WFG) do. Two objectives take n log n steps and three n^2 log n; with many, the time may double with
/// each point of the front. Upper bounds of trials that stopped (<see cref="Measure.IsUpperBound"/>) are no points of it: a volume of what
/// may be is none of what was found.
/// </remarks>
public static class Hypervolume
{
    /// <summary>The hypervolume of points.</summary>
    /// <param name="points">
    /// One finite number per objective, larger ones better: what is minimised has its sign turned, also in the reference. Points that are
    /// not above the reference in all of them add nothing.
    /// </param>
    /// <param name="reference">The corner that the volume is measured from: one finite number per objective, at least one.</param>
    /// <returns>The volume, at least 0, in the product of the objectives' units.</returns>
    /// <exception cref="ArgumentException">
    /// There is no objective, a point has another number of them, or a number is not finite.
    /// </exception>
    public static double Of(IEnumerable<IReadOnlyList<double>> points, IReadOnlyList<double> reference)
    {
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.Count == 0)
            throw new ArgumentException("a hypervolume needs at least one objective, got none.", nameof(reference));
        if (!reference.All(double.IsFinite))
            throw new ArgumentException($"the reference point must be finite, got {Text(reference)}.", nameof(reference));
        List<double[]> boxes = [];
        foreach ((int i, IReadOnlyList<double> point) in points.Index())
        {
            if (point.Count != reference.Count || !point.All(double.IsFinite))
            {
                throw new ArgumentException($"every point must have {reference.Count} finite numbers, as the reference point has, "
                    + $"got {Text(point)} at {i}. Leave it out.", nameof(points));
            }
            double[] box = [.. point.Select((value, o) => value - reference[o])];
            if (Array.TrueForAll(box, side => side > 0))
                boxes.Add(box);
        }
        return Volume(boxes, reference.Count);
    }

    // Of the boxes between the origin and each point, in their first coordinates.
    private static double Volume(List<double[]> points, int objectives)
    {
        if (points.Count == 0)
            return 0;
        if (objectives == 1)
            return points.Max(point => point[0]);
        if (objectives == 2)
            return Area(points);
        int last = objectives - 1;
        points.Sort((a, b) => a[last].CompareTo(b[last]));
        double volume = 0;
        for (int i = 0; i < points.Count; i++)
        {
            // The boxes behind are at least as high, so only their shadows in the other coordinates count.
            double own = 1;
            for (int o = 0; o < last; o++)
                own *= points[i][o];
            volume += points[i][last] * (own - Volume(Shadows(points, i, last), last));
        }
        return volume;
    }

    private static double Area(List<double[]> points)
    {
        points.Sort((a, b) => b[0].CompareTo(a[0]));
        double area = 0, height = 0;
        foreach (double[] point in points)
        {
            area += point[0] * Math.Max(0, point[1] - height);
            height = Math.Max(height, point[1]);
        }
        return area;
    }

    // What the boxes behind one cover of it; of those, only the ones that no other contains.
    private static List<double[]> Shadows(List<double[]> points, int at, int objectives)
    {
        List<double[]> shadows = new(points.Count - at);
        for (int i = at + 1; i < points.Count; i++)
        {
            double[] shadow = new double[objectives];
            for (int o = 0; o < objectives; o++)
                shadow[o] = Math.Min(points[i][o], points[at][o]);
            if (shadows.Exists(other => Contains(other, shadow)))
                continue;
            shadows.RemoveAll(other => Contains(shadow, other));
            shadows.Add(shadow);
        }
        return shadows;
    }

    private static bool Contains(double[] outer, double[] inner)
    {
        for (int o = 0; o < inner.Length; o++)
        {
            if (outer[o] < inner[o])
                return false;
        }
        return true;
    }

    private static string Text(IReadOnlyList<double> point) =>
        $"({string.Join(", ", point.Select(value => $"{value}"))})";
}
