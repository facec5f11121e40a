using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The images that a query of <see cref="UnfooledBatch"/> asks about.</summary>
/// <param name="images">(n, C, H, W) in the ball and in [0, 1].</param>
/// <param name="window">All that differs from the strongest points; null where more than one window does.</param>
public sealed class QueryCandidate(Tensor images, PixelWindow? window = null)
{
    /// <summary>The points, (n, C, H, W).</summary>
    public Tensor Images { get; } = images;

    /// <summary>All that differs from the strongest points; null where more than one window does.</summary>
    public PixelWindow? Window { get; } = window;
}
