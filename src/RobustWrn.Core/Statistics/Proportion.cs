using System.Globalization;
using System.Text.Json.Serialization;
using MathNet.Numerics.Distributions;

namespace RobustWrn.Core;

/// <summary>Hits out of a total, with its interval: every accuracy of this library is one.</summary>
/// <param name="Hits">How many.</param>
/// <param name="Total">Out of how many; 0 is allowed and gives the interval [0, 1].</param>
public readonly record struct Proportion(long Hits, long Total)
{
    private static readonly double Z = Normal.InvCDF(0, 1, 0.975);

    /// <summary>Hits / total; NaN when the total is 0.</summary>
    [JsonIgnore]
    public double Value => Total == 0 ? double.NaN : (double)Hits / Total;

    /// <summary>Lower bound of the 95 % Wilson score interval (Wilson 1927).</summary>
    [JsonIgnore]
    public double Low => Bound(-1);

    /// <summary>Upper bound of the 95 % Wilson score interval (Wilson 1927).</summary>
    [JsonIgnore]
    public double High => Bound(+1);

    /// <summary>The two counts added: the proportion over both sets.</summary>
    public static Proportion operator +(Proportion left, Proportion right) => new(left.Hits + right.Hits, left.Total + right.Total);

    /// <inheritdoc/>
    public override string ToString() => Total == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * Value:0.0} % [{100 * Low:0.0}, {100 * High:0.0}]");

    private double Bound(int side)
    {
        if (Total == 0)
            return side < 0 ? 0 : 1;
        // At the ends the closed form is exactly 0 or 1; rounding would miss it.
        if ((side < 0 && Hits == 0) || (side > 0 && Hits == Total))
            return side < 0 ? 0 : 1;
        double n = Total, p = Value, z2 = Z * Z;
        return (p + z2 / (2 * n) + side * Z * Math.Sqrt(p * (1 - p) / n + z2 / (4 * n * n))) / (1 + z2 / n);
    }
}
