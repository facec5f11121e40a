using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>A recorded training.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its values by epoch, ascending.</param>
internal sealed record RecordedRun(string Name, ValueList<CurvePoint> Points)
{
    /// <summary>The epochs that were filled in because they were not reported.</summary>
    public int Missing { get; init; }

    /// <summary>Its last epoch.</summary>
    public int Epochs => Points[^1].Step;

    /// <summary>What it is worth: its best epoch.</summary>
    public double Best => Points.Max(point => point.Values[0]);
}
