using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The content of a store.</summary>
/// <param name="Header">What the study is.</param>
/// <param name="Trials">Its trials in the order of their numbers.</param>
public sealed record StoredStudy(StudyHeader Header, ValueList<TrialRecord> Trials)
{
    /// <summary>The number of its trials.</summary>
    public override string ToString() => $"{Quantity.Of(Trials.Count, "trial")} of {Header}";
}
