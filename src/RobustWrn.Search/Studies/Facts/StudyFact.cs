using System.Text.Json.Serialization;

namespace RobustWrn.Search;

/// <summary>Something that happened to a trial. A study is the list of its facts, to which is only added.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fact")]
[JsonDerivedType(typeof(TrialAsked), "asked")]
[JsonDerivedType(typeof(TrialClaimed), "claimed")]
[JsonDerivedType(typeof(TrialReported), "reported")]
[JsonDerivedType(typeof(TrialReleased), "released")]
[JsonDerivedType(typeof(TrialPromoted), "promoted")]
[JsonDerivedType(typeof(TrialPruned), "pruned")]
[JsonDerivedType(typeof(TrialRefused), "refused")]
[JsonDerivedType(typeof(TrialTold), "told")]
[JsonDerivedType(typeof(TrialFailed), "failed")]
public abstract record StudyFact
{
    private protected StudyFact()
    {
    }

    /// <summary>The trial's number, from 0.</summary>
    public required int Trial { get; init; }

    /// <summary>The number of claims that the trial must have before it; null for any.</summary>
    internal abstract int? ClaimsBefore { get; }
}

/// <summary>A fact in its place of the log.</summary>
/// <param name="Position">Its place, from 0.</param>
/// <param name="Time">When it was appended, UTC, by the store's clock.</param>
/// <param name="Fact">The fact.</param>
public sealed record LoggedFact(int Position, DateTimeOffset Time, StudyFact Fact)
{
    /// <summary>The place and the fact.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Position}: {Fact}");
}
