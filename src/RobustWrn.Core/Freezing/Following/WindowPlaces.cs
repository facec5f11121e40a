using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Where the features of windows lie in a table with a row for each position of each map of a batch. Owns its tensors.</summary>
/// <param name="map">The size of a map, with what is around it.</param>
/// <param name="above">Rows around it, above.</param>
/// <param name="before">Columns around it, before.</param>
/// <param name="device">Where the table is.</param>
internal sealed class WindowPlaces(FeatureSize map, int above, int before, Device device) : IDisposable
{
    private readonly Dictionary<(int, int), Tensor> _offsets = [];

    /// <summary>The rows of the table that a window takes up, int64 (N * h * w). The caller disposes it.</summary>
    public Tensor Of(FeatureWindow window)
    {
        long[] starts = new long[window.Rows.Starts.Length];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = i * (long)map.Area + (window.Rows.Starts[i] + above) * map.Width + window.Columns.Starts[i] + before;
        return tensor(starts, [starts.Length, 1], device: device).Plus(Offsets(window)).flatten();
    }

    public void Dispose()
    {
        foreach (Tensor offsets in _offsets.Values)
            offsets.Dispose();
    }

    private Tensor Offsets(FeatureWindow window)
    {
        (int, int) key = (window.Rows.Length, window.Columns.Length);
        if (_offsets.TryGetValue(key, out Tensor? known))
            return known;
        long[] offsets = new long[window.Area];
        for (int r = 0, at = 0; r < window.Rows.Length; r++)
        {
            for (int c = 0; c < window.Columns.Length; c++)
                offsets[at++] = (long)r * map.Width + c;
        }
        return _offsets[key] = tensor(offsets, [1, offsets.Length], device: device).DetachFromDisposeScope();
    }
}
