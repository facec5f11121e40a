using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Accuracy on validation images as they are.</summary>
public sealed record CleanAccuracy : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "clean-accuracy";

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Maximise("clean accuracy", ObjectiveKind.Share);

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return Measure.Of(Objective.Name, network.Judgement?.Clean ?? network.ValidationClean);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
