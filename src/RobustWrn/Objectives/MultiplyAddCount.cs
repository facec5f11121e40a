using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Multiply-adds of one image's forward pass (<see cref="NetworkCost.MultiplyAdds"/>), as few as possible.</summary>
public sealed record MultiplyAddCount : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "multiply-add-count";

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Minimise("MACs");

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new Measure(Objective.Name, network.Cost.MultiplyAdds);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
