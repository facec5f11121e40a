using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>A store that lets a process append so many facts and then kills it, before the next one is kept.</summary>
internal sealed class KilledStore : IStudyStore
{
    private readonly MemoryStudyStore _kept = new();
    private int _allowed;

    public void Allow(int facts) => _allowed = facts;

    public bool IsShared => false;

    public ClaimRules Rules => _kept.Rules;

    public StudyHeader Open(StudyHeader header) => _kept.Open(header);

    public void Fill(StudyHeader header, ValueList<LoggedFact> facts) => _kept.Fill(header, facts);

    public ValueList<LoggedFact> Read(int from) => _kept.Read(from);

    public LoggedFact? TryAppend(int length, StudyFact fact)
    {
        Spend();
        return _kept.TryAppend(length, fact);
    }

    // A claim alone is no progress: every opening claims anew.
    public TrialClaimed? Claim(string worker, int? below) => _kept.Claim(worker, below);

    public bool Beat(int trial, int attempt) => _kept.Beat(trial, attempt);

    public StudyFact Append(AttemptFact fact)
    {
        Spend();
        return _kept.Append(fact);
    }

    private void Spend()
    {
        if (_allowed-- <= 0)
            throw new Kill();
    }

    public void Dispose() => _kept.Dispose();

    public sealed class Kill() : IOException("killed");
}
