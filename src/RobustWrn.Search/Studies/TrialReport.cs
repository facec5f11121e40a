using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Measures of a trial on its way.</summary>
/// <param name="Step">How far it was, such as its epoch.</param>
/// <param name="Measures">The measures.</param>
public sealed record TrialReport(int Step, ValueList<Measure> Measures)
{
    /// <summary>The measure of a name, or null.</summary>
    public Measure? Find(string name) => Measures.FirstOrDefault(measure => measure.Name == name);

    /// <summary>The step and the measures.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"step {Step}: {Quantity.First([.. Measures.Select(measure => measure.ToString())], 6)}");
}
