using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The values of a trial after one of its steps.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Values">One value per objective, larger ones better.</param>
public sealed record CurvePoint(int Step, ValueList<double> Values)
{
    /// <summary>A point of a curve with one objective.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="value">Its value, larger ones better.</param>
    public static CurvePoint Of(int step, double value) => new(step, [value]);

    /// <summary>Step and values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Values} after step {Step}");
}
