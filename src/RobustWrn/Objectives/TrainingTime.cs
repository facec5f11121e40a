using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Seconds that the training took on this machine, as few as possible.</summary>
public sealed record TrainingTime : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "training-time";

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Minimise("training time, s");

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new Measure(Objective.Name, network.TrainingTime.TotalSeconds);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
