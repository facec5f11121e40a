using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a query asks about.</summary>
/// <param name="Images">(n, C, H, W).</param>
/// <param name="Window">All that differs from the strongest points; null where more than one window does.</param>
internal readonly record struct QueryCandidate(Tensor Images, PixelWindow? Window = null);

/// <summary>A square window for each image.</summary>
/// <param name="Rows">The first row of each.</param>
/// <param name="Columns">The first column of each.</param>
/// <param name="Side">The side of all.</param>
internal sealed record PixelWindow(long[] Rows, long[] Columns, int Side);
