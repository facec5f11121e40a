using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// The share of the rightly classified images that stay so under attack: an objective of a search that says itself when it is a bound.
/// </summary>
public sealed record SteadyAccuracy : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "outside-steady-accuracy";

    public StudyObjective Objective => StudyObjective.Maximise("steady accuracy", ObjectiveKind.Share);

    public bool IsRepeatable => true;

    public bool IsUnderAttack => true;

    public Measure Of(MeasuredNetwork network)
    {
        if (network.Judgement is not { } judgement)
            return Measure.Of(Objective.Name, new Proportion(network.ValidationRobust.Hits, network.ValidationClean.Hits));
        return judgement.AtMost is { } bound
            ? Measure.AtMost(Objective.Name, new Proportion(bound.Hits, judgement.Clean.Hits))
            : Measure.Of(Objective.Name, new Proportion(judgement.Robust!.Value.Hits, judgement.Clean.Hits));
    }

    public IEnumerable<Problem> Problems() => [];
}
