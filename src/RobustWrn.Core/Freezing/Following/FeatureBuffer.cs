using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The features of a batch after one step, with the zeros around them that later steps read; channels lie next to each other. Owns its tensor.</summary>
internal sealed class FeatureBuffer : IDisposable
{
    private readonly FeatureSize _size, _padded;
    private readonly int _above, _before;
    private readonly WindowPlaces _places;
    private Tensor _values;

    public FeatureBuffer(int images, long channels, FeatureSize size, FeaturePadding padding, Tensor like)
    {
        (_size, _above, _before) = (size, padding.Above, padding.Before);
        _padded = new FeatureSize(size.Height + padding.Above + padding.Below, size.Width + padding.Before + padding.After);
        _places = new WindowPlaces(_padded, _above, _before, like.device);
        _values = zeros([(long)images * _padded.Area, channels], like.dtype, like.device).DetachFromDisposeScope();
    }

    public long Channels => _values.shape[1];

    /// <summary>All features without the zeros around them, (N, C, H, W); a view.</summary>
    public Tensor All() => _values.reshape(-1, _padded.Height, _padded.Width, Channels).narrow(1, _above, _size.Height).narrow(2, _before, _size.Width).permute(0, 3, 1, 2);

    /// <summary>The rows that a window takes up.</summary>
    public Tensor Places(FeatureWindow window) => _places.Of(window);

    /// <summary>The features at places, (N * h * w, C); a copy.</summary>
    public Tensor Take(Tensor places) => _values.index_select(0, places);

    /// <summary>The features of a window, (N, C, h, w) in channels-last; a copy.</summary>
    public Tensor Take(FeatureWindow window) =>
        Take(Places(window)).reshape(-1, window.Rows.Length, window.Columns.Length, Channels).permute(0, 3, 1, 2);

    /// <summary>Writes features.</summary>
    public void Put(Tensor places, Tensor features) => _values.index_copy_(0, places, features);

    /// <summary>Keeps some images only.</summary>
    public void Select(Tensor images)
    {
        Tensor left = _values.reshape(-1, (long)_padded.Area * Channels).index_select(0, images).reshape(-1, Channels).DetachFromDisposeScope();
        _values.Dispose();
        _values = left;
    }

    public void Dispose()
    {
        _values.Dispose();
        _places.Dispose();
    }
}
