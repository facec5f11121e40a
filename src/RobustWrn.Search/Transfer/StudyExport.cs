using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A whole study outside of a store.</summary>
/// <param name="Header">What the study is.</param>
/// <param name="Facts">Its log.</param>
public sealed record StudyExport(StudyHeader Header, ValueList<LoggedFact> Facts)
{
    /// <summary>The study and the number of facts.</summary>
    public override string ToString() => $"{Header}, {Quantity.Of(Facts.Count, "fact")}";
}
