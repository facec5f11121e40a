namespace RobustWrn.Search;

/// <summary>
/// The facts of a damaged log that can be believed without the others: those that follow from what was believed before, in places of their
/// own, and the claims that they need where those were lost.
/// </summary>
/// <param name="header">The study.</param>
public sealed class BelievedFacts(StudyHeader header)
{
    private readonly StudyLog _log = new(header);
    private readonly List<LoggedFact> _facts = [];

    /// <summary>The facts that are believed, in their order.</summary>
    public IReadOnlyList<LoggedFact> Facts => _facts;

    /// <summary>Takes a fact if it can be believed.</summary>
    /// <returns>Why it cannot; null when it was taken.</returns>
    public string? Take(LoggedFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        int attempt = fact.Fact.ClaimsBefore ?? 0;
        bool shifted = fact.Position > _log.Length;
        int lost = shifted && _log.Find(fact.Fact.Trial) is { State: TrialState.Pending } trial ? attempt - trial.Attempts : 0;
        for (int i = 0; i < Math.Min(lost, fact.Position - _log.Length); i++)
        {
            TrialClaimed claim = new() { Trial = fact.Fact.Trial, Attempt = attempt - lost + i + 1, Worker = "unknown" };
            Add(new LoggedFact(_log.Length, fact.Time, claim));
        }
        LoggedFact placed = fact with { Position = _log.Length };
        string? fault = _log.Fault(placed);
        if (fault is null)
            Add(placed);
        return fault;
    }

    private void Add(LoggedFact added)
    {
        _log.Apply(added);
        _facts.Add(added);
    }
}
