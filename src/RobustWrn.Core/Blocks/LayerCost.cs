namespace RobustWrn.Core;

/// <summary>Closed forms that blocks add up to their cost.</summary>
public static class LayerCost
{
    /// <summary>Weights of a convolution without bias; times its output pixels, its multiply-adds.</summary>
    public static long ConvolutionParameters(int inChannels, int outChannels, int kernel) =>
        checked((long)inChannels * outChannels * kernel * kernel);

    /// <summary>Scale and shift of a batch normalisation.</summary>
    public static long BatchNormParameters(int channels) => 2L * channels;

    /// <summary>Rows or columns after a convolution that keeps the size at stride 1: ceil(size / stride).</summary>
    public static int Strided(int size, int stride) => (size - 1) / stride + 1;
}
