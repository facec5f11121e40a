using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Between which radii an attack begins to succeed, for each example. Owns its tensors.</summary>
/// <param name="images">The images.</param>
/// <param name="succeeded">The radii it succeeds at.</param>
/// <param name="failed">The radii it fails at.</param>
public sealed class EpsilonBrackets(Tensor images, Tensor succeeded, Tensor failed) : IDisposable
{
    /// <summary>What the attack found at the smallest radius it succeeds at, the unchanged image where it did not; (N, C, H, W) in [0, 1].</summary>
    public Tensor Images { get; } = images;

    /// <summary>The smallest radius tried at which the attack succeeds, float64 (N) on the CPU: 0 for an example that was fooled unchanged, infinite where it failed at the largest.</summary>
    public Tensor Succeeded { get; } = succeeded;

    /// <summary>The largest smaller radius tried, at which it fails, float64 (N) on the CPU; 0 where it never failed.</summary>
    public Tensor Failed { get; } = failed;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Succeeded.Dispose();
        Failed.Dispose();
    }

    /// <summary>For how many images the attack succeeds, and the median of their radii.</summary>
    public override string ToString() => FoundRadii.Text(Succeeded, "smallest epsilon");
}
