namespace RobustWrn.Core;

/// <summary>The shape of a tensor of features of one image while a network's cost is traced. Two maps of the same shape are two tensors: equality is identity.</summary>
/// <param name="channels">Channels.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
public sealed class FeatureMap(int channels, int height, int width)
{
    private readonly FeatureMap? _source;

    internal FeatureMap(int channels, int height, int width, FeatureMap source)
        : this(channels, height, width) => _source = source.Storage;

    /// <summary>The map whose memory this one is a part of, or itself.</summary>
    internal FeatureMap Storage => _source ?? this;

    /// <summary>Channels.</summary>
    public int Channels => channels;

    /// <summary>Rows.</summary>
    public int Height => height;

    /// <summary>Columns.</summary>
    public int Width => width;

    /// <summary>Numbers in it, for one image.</summary>
    /// <exception cref="OverflowException">More than a 64-bit number holds.</exception>
    public long Elements => checked((long)channels * height * width);
}
