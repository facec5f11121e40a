using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Keeps a study in memory: for tests, and for searches that need not outlive the process.</summary>
/// <param name="time">The clock of its facts; null is the system's.</param>
public sealed class MemoryStudyStore(TimeProvider? time = null) : IStudyStore
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly List<LoggedFact> _facts = [];
    private StudyHeader? _header;
    private bool _open;

    /// <inheritdoc/>
    public StudyHeader Open(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (_open)
            throw new IOException("a store serves one study at a time, and another study uses this one. Dispose that study first.");
        _open = true;
        return _header ??= header;
    }

    /// <inheritdoc/>
    public ValueList<LoggedFact> Read(int from)
    {
        lock (_facts)
            return from == _facts.Count ? [] : [.. _facts[from..]];
    }

    /// <inheritdoc/>
    public LoggedFact? TryAppend(int length, StudyFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        lock (_facts)
        {
            if (_facts.Count != length)
                return null;
            LoggedFact logged = new(length, _time.GetUtcNow(), fact);
            _facts.Add(logged);
            return logged;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open = false;
}
