using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// Accuracy on validation images under the recipe's validation attack, or under the attacks that rank networks
/// (<see cref="RobustExperiment.RankedBy"/>); an upper bound where those stopped.
/// </summary>
public sealed record RobustAccuracy : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "robust-accuracy";

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Maximise("robust accuracy", ObjectiveKind.Share);

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public bool IsUnderAttack => true;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.Judgement?.RobustMeasure(Objective.Name) ?? Measure.Of(Objective.Name, network.ValidationRobust);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
