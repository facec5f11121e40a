namespace RobustWrn.Core;

/// <summary>
/// The largest networks, classes and images that are taken for meant: beyond, a number is a slip of the keyboard, a damaged file or an
/// attack on the machine's memory.
/// </summary>
public static class SpecLimits
{
    /// <summary>
    /// Layers with weights of a network, together: twice those of the deepest published one (10,000, Xiao et al. 2018, arXiv
    /// 1806.05393). As modules they take some
    /// hundred megabytes before any weight.
    /// </summary>
    public const int MostLayers = 20_000;

    /// <summary>
    /// Channels of a layer, before what an expansion makes of them: a square convolution of so many has 2^40 weights for each of its
    /// pixels.
    /// </summary>
    public const int MostChannels = 1 << 20;

    /// <summary>Channels of images: hyperspectral cameras have some hundred.</summary>
    public const int MostInputChannels = 1 << 12;

    /// <summary>Classes: six times those of ImageNet-21k. A label beyond is damage.</summary>
    public const int MostClasses = 1 << 17;

    /// <summary>Rows or columns of what a network reads at once.</summary>
    public const int LargestSide = 4_096;

    /// <summary>
    /// Learned numbers of a network: 64 GiB in float32, near the largest published networks for images (2.2e10, Dehghani et al. 2023, arXiv
    /// 2302.05442).
    /// </summary>
    public const long MostParameters = 1L << 34;
}
