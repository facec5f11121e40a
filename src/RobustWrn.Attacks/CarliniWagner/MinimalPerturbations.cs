using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a minimum-norm attack found. Owns its tensors.</summary>
/// <param name="images">The images.</param>
/// <param name="distances">Their distances.</param>
public sealed class MinimalPerturbations(Tensor images, Tensor distances) : IDisposable
{
    /// <summary>For each example the nearest image found that fools the model, the unchanged one where none was found; (N, C, H, W) in [0, 1].</summary>
    public Tensor Images { get; } = images;

    /// <summary>Euclidean distances (N): 0 for an example that was fooled unchanged, infinite where nothing was found.</summary>
    public Tensor Distances { get; } = distances;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Distances.Dispose();
    }
}
