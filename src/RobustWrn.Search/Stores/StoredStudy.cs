using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>What a store holds.</summary>
/// <param name="Header">What the study is.</param>
/// <param name="Trials">Its trials in the order of their numbers.</param>
public sealed record StoredStudy(StudyHeader Header, ValueList<TrialRecord> Trials)
{
    /// <summary>How many trials it holds.</summary>
    public override string ToString() => $"{Quantity.Of(Trials.Count, "trial")} of {Header}";
}
