namespace RobustWrn.Core;

/// <summary>
/// The shape of a tensor of features of one image while a network's cost is traced. Two maps of the same shape are two tensors:
/// equality is identity.
/// </summary>
/// <param name="channels">Channels.</param>
/// <param name="height">Rows.</param>
/// <param name="width">Columns.</param>
public sealed class FeatureMap(int channels, int height, int width)
{
    private readonly FeatureMap? _source;
    private bool _keptInTraining, _keptByAttack;

    internal FeatureMap(int channels, int height, int width, FeatureMap source)
        : this(channels, height, width) => _source = source.Storage;

    /// <summary>The map whose memory this one is a part of, or itself.</summary>
    internal FeatureMap Storage => _source ?? this;

    /// <summary>
    /// The map that this one is in evaluation, where the layer between them does nothing; null where there is no such layer.
    /// </summary>
    internal FeatureMap? InEvaluation { get; init; }

    /// <summary>As <see cref="Storage"/>, in evaluation.</summary>
    internal FeatureMap EvaluationStorage => _source?.EvaluationStorage ?? InEvaluation?.EvaluationStorage ?? this;

    /// <summary>Channels.</summary>
    public int Channels => channels;

    /// <summary>Rows.</summary>
    public int Height => height;

    /// <summary>Columns.</summary>
    public int Width => width;

    /// <summary>Numbers in it, for one image.</summary>
    /// <exception cref="OverflowException">More than a 64-bit number holds.</exception>
    public long Elements => checked((long)channels * height * width);

    /// <summary>Marks it as kept by a training step; gives the numbers that this adds, none the second time.</summary>
    internal long KeepForTraining() => First(ref _keptInTraining);

    /// <summary>Marks it as kept by an attack step; gives the numbers that this adds, none the second time.</summary>
    internal long KeepForAttack() => First(ref _keptByAttack);

    private long First(ref bool kept)
    {
        long added = kept ? 0 : Elements;
        kept = true;
        return added;
    }
}
