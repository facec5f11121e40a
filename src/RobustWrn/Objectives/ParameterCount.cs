using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Learned numbers (<see cref="NetworkCost.Parameters"/>), as few as possible.</summary>
public sealed record ParameterCount : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "parameter-count";

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Minimise("parameters");

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new Measure(Objective.Name, network.Cost.Parameters);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
