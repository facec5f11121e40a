using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The spectral norm of a linear map: its largest singular value, the most it lengthens a vector.</summary>
/// <param name="Value">The norm.</param>
/// <param name="Steps">Steps it took.</param>
/// <param name="Converged">Whether the tolerance was met. If not, the norm is at least <paramref name="Value"/>.</param>
public sealed record SpectralNorm(double Value, int Steps, bool Converged)
{
    /// <summary>The norm.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Converged ? "" : "at least ")}{Value:g4} ({Quantity.Of(Steps, "step")})");
}
