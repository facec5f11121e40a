using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Keeps a study in memory: for tests, and for searches that need not outlive the process.</summary>
public sealed class MemoryStudyStore : IStudyStore
{
    private readonly SortedDictionary<int, TrialRecord> _trials = [];
    private StudyHeader? _header;
    private bool _open;

    /// <inheritdoc/>
    public StoredStudy? Open()
    {
        if (_open)
            throw new IOException("a store serves one study at a time, and another study uses this one. Dispose that study first.");
        _open = true;
        return _header is null ? null : new StoredStudy(_header, _trials.Values.ToValueList());
    }

    /// <inheritdoc/>
    public void Create(StudyHeader header) => _header = header;

    /// <inheritdoc/>
    public void Append(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        _trials[trial.Number] = trial;
    }

    /// <inheritdoc/>
    public void Dispose() => _open = false;
}
