using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>What a network asks of the images it is given.</summary>
internal static class ImageShape
{
    /// <summary>Refuses what is not a batch of images of the network's channels, or too small for its poolings.</summary>
    /// <param name="images">What the network was given.</param>
    /// <param name="network">What the network was built from.</param>
    /// <exception cref="ArgumentException">It does not fit.</exception>
    public static void Check(Tensor images, INetworkSpec network)
    {
        if (images.dim() != 4 || images.shape[1] != network.InputChannels)
            throw new ArgumentException($"images must be (N, {network.InputChannels}, H, W), got ({string.Join(", ", images.shape)}).", nameof(images));
        if (Math.Min(images.shape[2], images.shape[3]) < network.SmallestSide)
            throw new ArgumentException(TooSmall(network, images.shape[2], images.shape[3]), nameof(images));
    }

    /// <summary>Rule, value and remedy for images that the poolings would leave nothing of.</summary>
    public static string TooSmall(INetworkSpec network, long height, long width) =>
        $"images must be at least {network.SmallestSide} x {network.SmallestSide} for the poolings of {network.Name}, got {height} x {width}. Take larger images or fewer stages.";
}
