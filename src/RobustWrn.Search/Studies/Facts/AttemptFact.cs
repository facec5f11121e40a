namespace RobustWrn.Search;

/// <summary>
/// A fact that an attempt brings: taken from the newest attempt alone, and only while that holds its trial, so that a worker that was given
/// up cannot write over its successor.
/// </summary>
public abstract record AttemptFact : StudyFact
{
    private protected AttemptFact()
    {
    }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    internal override int? ClaimsBefore => Attempt;
}
