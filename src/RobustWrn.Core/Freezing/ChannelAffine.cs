using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x -> scale * x + shift, with numbers of its own for each channel: what a batch normalisation is in evaluation mode. In float64, since it is folded into weights.</summary>
public sealed class ChannelAffine
{
    private readonly BatchNorm? _source;

    private ChannelAffine(double[] scale, double[] shift, BatchNorm? source = null) => (Scale, Shift, _source) = (scale, shift, source);

    /// <summary>Factors, one a channel.</summary>
    public ReadOnlyMemory<double> Scale { get; }

    /// <summary>Added, one a channel.</summary>
    public ReadOnlyMemory<double> Shift { get; }

    /// <summary>Whether it changes nothing.</summary>
    public bool IsIdentity { get; private init; }

    /// <summary>Nothing changed.</summary>
    public static ChannelAffine Identity(int channels)
    {
        double[] ones = new double[channels];
        Array.Fill(ones, 1);
        return new ChannelAffine(ones, new double[channels]) { IsIdentity = true };
    }

    /// <summary>A map from its numbers.</summary>
    public static ChannelAffine Of(double[] scale, double[] shift) => new(scale, shift);

    /// <summary>What a batch normalisation does in evaluation mode: scale = weight / sqrt(variance + epsilon), shift = bias - mean * scale.</summary>
    /// <exception cref="ArgumentException">It has no running statistics or no learned scale.</exception>
    public static ChannelAffine Of(BatchNorm normalization)
    {
        ArgumentNullException.ThrowIfNull(normalization);
        if (normalization.running_mean is null || normalization.running_var is null || normalization.weight is null || normalization.bias is null)
            throw new ArgumentException("a batch normalisation must have running statistics and a learned scale and shift to be folded.", nameof(normalization));
        double[] scale = Numbers(normalization.weight), shift = Numbers(normalization.bias), mean = Numbers(normalization.running_mean), variance = Numbers(normalization.running_var);
        for (int c = 0; c < scale.Length; c++)
        {
            scale[c] /= Math.Sqrt(variance[c] + normalization.eps);
            shift[c] -= mean[c] * scale[c];
        }
        return new ChannelAffine(scale, shift, normalization);
    }

    /// <summary>This map as a function of <paramref name="coordinates"/>(x) instead of x: scale / s and shift - scale * t / s. The identity where both come from the same normalisation.</summary>
    /// <param name="coordinates">The map that was applied to x before; its scales must not be 0, unless both come from the same normalisation.</param>
    public ChannelAffine Undoing(ChannelAffine coordinates)
    {
        ArgumentNullException.ThrowIfNull(coordinates);
        if (coordinates.IsIdentity)
            return this;
        if (_source is not null && ReferenceEquals(_source, coordinates._source))
            return Identity(Scale.Length);
        double[] scale = new double[Scale.Length], shift = new double[Scale.Length];
        for (int c = 0; c < scale.Length; c++)
        {
            scale[c] = Scale.Span[c] / coordinates.Scale.Span[c];
            shift[c] = Shift.Span[c] - scale[c] * coordinates.Shift.Span[c];
        }
        return new ChannelAffine(scale, shift);
    }

    /// <summary>The map without its shift: what a summand goes through when another one carries the shift.</summary>
    public ChannelAffine ScaleAlone() => IsIdentity ? this : new ChannelAffine(Scale.ToArray(), new double[Scale.Length]);

    private static double[] Numbers(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).cpu().data<double>().ToArray();
    }
}
