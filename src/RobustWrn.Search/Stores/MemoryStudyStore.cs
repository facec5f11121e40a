namespace RobustWrn.Search;

/// <summary>Keeps a study in memory: for tests, and for searches that need not outlive the process.</summary>
/// <param name="time">The clock of its facts; null is the system's.</param>
/// <param name="rules">How often a trial is tried again; null is the default.</param>
public sealed class MemoryStudyStore(TimeProvider? time = null, ClaimRules? rules = null) : ExclusiveStore(rules, time)
{
    private readonly List<LoggedFact> _kept = [];
    private StudyHeader? _header;
    private bool _open;

    /// <inheritdoc/>
    protected override StudyHeader Take(StudyHeader header, out IReadOnlyList<LoggedFact> facts)
    {
        if (_open)
            throw new IOException("a store serves one study at a time, and another study uses this one. Dispose that study first.");
        _open = true;
        facts = [.. _kept];
        return _header ??= header;
    }

    /// <inheritdoc/>
    protected override void Keep(LoggedFact fact) => _kept.Add(fact);

    /// <inheritdoc/>
    protected override void Release() => _open = false;
}
