using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Keeps a study in memory: for tests, and for searches that need not outlive the process.</summary>
public sealed class MemoryStudyStore : IStudyStore
{
    private readonly SortedDictionary<int, TrialRecord> _trials = [];
    private StudyHeader? _header;
    private bool _open;

    /// <inheritdoc/>
    public StoredStudy Open(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (_open)
            throw new IOException("a store serves one study at a time, and another study uses this one. Dispose that study first.");
        _open = true;
        _header ??= header;
        return new StoredStudy(_header, _trials.Values.ToValueList());
    }

    /// <inheritdoc/>
    public void Append(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        _trials[trial.Number] = trial;
    }

    /// <inheritdoc/>
    public void Dispose() => _open = false;
}
