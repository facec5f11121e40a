using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Images that were mixed with others of their batch. Owns its tensors.</summary>
/// <param name="images">(N, C, H, W), as they were given.</param>
/// <param name="labels">What their labels became.</param>
public sealed class MixedBatch(Tensor images, MixedLabels labels) : IDisposable
{
    /// <summary>The images, (N, C, H, W), of the dtype that was given.</summary>
    public Tensor Images { get; } = images;

    /// <summary>What their labels became.</summary>
    public MixedLabels Labels { get; } = labels;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
