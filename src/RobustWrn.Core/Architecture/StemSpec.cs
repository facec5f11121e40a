namespace RobustWrn.Core;

/// <summary>
/// What comes before the stages: a convolution without bias and, for large images, a normalisation, ReLU and a 3x3 maximum pooling of
/// stride 2.
/// </summary>
public sealed record StemSpec
{
    /// <summary>Channels of its output. Default 16 (Zagoruyko and Komodakis 2016).</summary>
    public int Width { get; init; } = 16;

    /// <summary>Side of the convolution's window, odd. Default 3.</summary>
    public int Kernel { get; init; } = 3;

    /// <summary>Step of the convolution's window. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Whether normalisation, ReLU and maximum pooling follow. Default: no.</summary>
    public bool Pooled { get; init; }

    /// <summary>
    /// The stem for ImageNet: a 7x7 convolution of stride 2, normalisation, ReLU, maximum pooling (He et al. 2016; Huang et al. 2021).
    /// </summary>
    /// <param name="width">Channels of its output.</param>
    public static StemSpec ImageNet(int width = 16) => new() { Width = width, Kernel = 7, Stride = 2, Pooled = true };

    /// <summary>Says what it costs.</summary>
    internal FeatureMap Trace(CostTrace trace, FeatureMap image, IFeatureNormalization normalization, Padding padding)
    {
        FeatureMap features = trace.Convolution(image, Width, Kernel, Stride, padding: padding);
        return Pooled ? trace.MaxPool(new Relu().Trace(trace, normalization.Trace(trace, features)), stride: 2) : features;
    }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Width, most: SpecLimits.MostChannels), .. Rule.Positive(Stride, most: SpecLimits.LargestSide),
        .. Rule.Holds(Kernel >= 1 && Kernel % 2 == 1, nameof(Kernel), $"must be odd and at least 1, got {Kernel}."),
        .. Rule.Holds(Kernel <= SpecLimits.LargestSide, nameof(Kernel), $"must be at most {SpecLimits.LargestSide}, got {Kernel}."),
    ];
}
