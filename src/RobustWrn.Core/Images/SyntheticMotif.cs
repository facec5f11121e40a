namespace RobustWrn.Core;

/// <summary>What makes a class of <see cref="SyntheticImages"/>: a motif, and a faint wave over the whole image.</summary>
/// <remarks>Motifs and waves are as likely as their mirror images, so that a horizontal flip does not change the class.</remarks>
/// <param name="Name">The class.</param>
/// <param name="Depth">
/// How far a point lies inside the motif, in pixels, negative outside: of x and y from the centre, and a phase in [0, 1).
/// </param>
internal sealed record SyntheticMotif(string Name, Func<double, double, double, double> Depth)
{
    private const double Period = 8, Radius = 9;

    internal static ValueList<SyntheticMotif> All { get; } = Waves(
    [
        new("horizontal stripes", (x, y, phase) => Stripe(y, phase)),
        new("vertical stripes", (x, y, phase) => Stripe(x, phase)),
        new("diagonal stripes", (x, y, phase) => Stripe((phase < 0.5 ? x + y : x - y) / Math.Sqrt(2), 2 * phase)),
        new("broad stripes", (x, y, phase) => 2 * Stripe(y / 2, phase)),
        new("checks", (x, y, _) => 2 * Math.Sin(Math.PI * x / 5) * Math.Sin(Math.PI * y / 5)),
        new("dots", (x, y, _) => 2 * (Math.Cos(2 * Math.PI * x / Period) + Math.Cos(2 * Math.PI * y / Period) - 0.7)),
        new("circles", (x, y, phase) => Stripe(Math.Sqrt(x * x + y * y), phase)),
        new("disk", (x, y, _) => Radius - Math.Sqrt(x * x + y * y)),
        new("plus", (x, y, _) => Math.Max(Bar(x, y), Bar(y, x))),
        new("frame", (x, y, _) => 2 - Math.Abs(Radius - 1 - Math.Max(Math.Abs(x), Math.Abs(y)))),
    ]);

    /// <summary>Horizontal wave number of the faint texture, in radians a pixel.</summary>
    internal double TextureX { get; private init; }

    /// <summary>Vertical wave number of the faint texture, in radians a pixel.</summary>
    internal double TextureY { get; private init; }

    /// <summary>How much of a pixel the motif covers, 0 to 1.</summary>
    internal double Coverage(double x, double y, double phase) => Math.Clamp(0.5 + Depth(x, y, phase), 0, 1);

    private static double Stripe(double along, double phase) => Period / (2 * Math.PI) * Math.Sin(2 * Math.PI * (along / Period + phase));

    private static double Bar(double along, double across) => Math.Min(Radius + 2 - Math.Abs(along), 3 - Math.Abs(across));

    // Each class has a pair of wavelengths of 2 to 4 pixels, shorter than any motif's.
    private static ValueList<SyntheticMotif> Waves(ReadOnlySpan<SyntheticMotif> motifs)
    {
        SyntheticMotif[] all = motifs.ToArray();
        for (int i = 0; i < all.Length; i++)
            all[i] = all[i] with { TextureX = Math.PI * (0.5 + i % 4 / 6.0), TextureY = Math.PI * (0.5 + i / 4 / 4.0) };
        return [.. all];
    }
}
