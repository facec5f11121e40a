using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a query asks about.</summary>
/// <param name="Images">(n, C, H, W).</param>
/// <param name="Window">All that differs from the strongest points; null where more than one window does.</param>
internal readonly record struct QueryCandidate(Tensor Images, PixelWindow? Window = null);
