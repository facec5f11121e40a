using CsCheck;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>
/// What every store of studies must keep. A store is tested by a class that derives from this one and says how it is made; the clock is
/// given, so that leases end at once.
/// </summary>
public abstract class StudyStoreContract : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5), Moment = TimeSpan.FromSeconds(1);

    private readonly TestFolder _folder = new();

    private readonly ManualTime _time = new();

    /// <summary>Makes the store of a place; the same place is the same store.</summary>
    /// <param name="place">A name, which is that of a folder that does not exist yet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="rules">The rules.</param>
    protected abstract IStudyStore Create(string place, TimeProvider time, ClaimRules rules);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ClaimRules Rules { get; } = new() { Lease = Lease, MaxFailures = 2, MaxLosses = 3 };

    private static StudyHeader Header { get; } = HeaderOf(1);

    private static StudyHeader HeaderOf(long seed) => new()
    {
        Space = "{\"a\":1}",
        SpaceFingerprint = "a1",
        Sampler = "{\"type\":\"grid\"}",
        Seed = seed,
        Width = 8,
    };

    private IStudyStore Opened(string place = "study", StudyHeader? header = null)
    {
        IStudyStore store = Create(_folder.In(place), _time, Rules);
        store.Open(header ?? Header);
        return store;
    }

    private static TrialAsked Asked(int trial) => new()
    {
        Trial = trial,
        Point = [trial],
        Values = [],
        Spec = "{}",
        SpecFingerprint = "s",
        Identity = $"{trial}",
    };

    private static void Ask(IStudyStore store, int trials)
    {
        for (int trial = 0; trial < trials; trial++)
            Assert.NotNull(store.TryAppend(store.Read(0).Count, Asked(trial)));
    }

    private static TrialTold Told(TrialClaimed claim) =>
        new() { Trial = claim.Trial, Attempt = claim.Attempt, Outcome = new TrialOutcome(0.5) };

    private static TrialReleased Released(TrialClaimed claim, ReleaseCause cause, int? step = null) =>
        new() { Trial = claim.Trial, Attempt = claim.Attempt, Cause = cause, Step = step, Reason = "a reason" };

    private static TrialReported Reported(TrialClaimed claim, int step) =>
        new() { Trial = claim.Trial, Attempt = claim.Attempt, Step = step, Measures = [new Measure("score", 0.25)] };

    private static TrialRecord Trial(IStudyStore store, int number)
    {
        StudyLog log = new(Header);
        foreach (LoggedFact fact in store.Read(0))
            log.Apply(fact);
        return log.Find(number)!;
    }

    // Of another machine, so that nobody knows whether it has ended.
    private static string Worker(int number) => $"elsewhere/{number}/x";

    [Fact]
    public void Open_KeptStudy_GivesItsHeaderAndItsFacts()
    {
        ValueList<LoggedFact> facts;
        using (IStudyStore store = Opened())
        {
            Assert.Empty(store.Read(0));
            Ask(store, 3);
            store.Append(Told(store.Claim(Worker(1), null)!));
            facts = store.Read(0);
        }

        using IStudyStore again = Create(_folder.In("study"), _time, Rules);
        Assert.Equal(Header.Fingerprint, again.Open(HeaderOf(2)).Fingerprint);
        Assert.Equal(facts, again.Read(0));
        Assert.Equal(facts.Skip(2), again.Read(2));
        Assert.Empty(again.Read(facts.Count));
    }

    [Fact]
    public void Fill_EmptyStore_HoldsTheLogWithItsTimesAndAFullOneIsRefused()
    {
        ValueList<LoggedFact> facts;
        using (IStudyStore store = Opened())
        {
            Ask(store, 2);
            _time.Advance(Moment);
            store.Append(Told(store.Claim(Worker(1), null)!));
            facts = store.Read(0);
        }
        _time.Advance(Lease);
        IStudyStore other = Create(_folder.In("other"), _time, Rules);
        other.Fill(Header, facts);

        Assert.Throws<IOException>(() => other.Fill(Header, facts));
        other.Open(Header);
        Assert.Equal(facts, other.Read(0));
        Assert.Equal((1, 1), Numbers(other.Claim(Worker(2), null)));
        other.Dispose();
    }

    [Fact]
    public void TryAppend_OtherLengthThanTheLogs_AppendsNothing()
    {
        using IStudyStore store = Opened();
        Ask(store, 2);

        Assert.Null(store.TryAppend(1, Asked(2)));
        Assert.Null(store.TryAppend(3, Asked(2)));
        Assert.Equal(2, store.TryAppend(2, Asked(2))!.Position);
        Assert.Equal([0, 1, 2], store.Read(0).Select(fact => fact.Position));
    }

    [Fact]
    public void TryAppend_FactThatCannotFollow_IsRefusedAndNothingIsKept()
    {
        using IStudyStore store = Opened();
        Ask(store, 1);

        Assert.Contains("asked before", Assert.Throws<InvalidOperationException>(() => store.TryAppend(1, Asked(0))).Message);
        Assert.Single(store.Read(0));
        Assert.NotNull(store.Claim(Worker(1), null));
    }

    [Fact]
    public void Claim_SeveralWaiting_GivesTheLowestOnceEachAndNoneBeyondTheLimit()
    {
        using IStudyStore store = Opened();
        Assert.Null(store.Claim(Worker(1), null));
        Ask(store, 4);

        Assert.Equal((0, 1), Numbers(store.Claim(Worker(1), null)));
        Assert.Equal((1, 1), Numbers(store.Claim(Worker(2), null)));
        Assert.Null(store.Claim(Worker(3), below: 2));
        Assert.Equal((2, 1), Numbers(store.Claim(Worker(3), below: 3)));
    }

    [Theory]
    [InlineData(ReleaseCause.Stopped)]
    [InlineData(ReleaseCause.Failed)]
    public void Append_Release_LetsTheNextAttemptBeginAndRefusesTheFormer(ReleaseCause cause)
    {
        using IStudyStore store = Opened();
        Ask(store, 1);
        TrialClaimed first = store.Claim(Worker(1), null)!;

        Assert.IsType<TrialReleased>(store.Append(Released(first, cause)));
        Assert.False(store.Beat(0, 1));
        TrialClaimed second = store.Claim(Worker(2), null)!;
        Assert.Equal((0, 2), Numbers(second));
        TrialRefused refused = Assert.IsType<TrialRefused>(store.Append(Told(first)));
        Assert.Equal((0, 1), (refused.Trial, refused.Attempt));
        Assert.True(store.Beat(0, 2));
        Assert.IsType<TrialTold>(store.Append(Told(second)));
        Assert.IsType<TrialRefused>(store.Append(Told(second)));
        Assert.Single(store.Read(0), fact => fact.Fact is TrialTold);
        Assert.Equal(2, store.Read(0).Count(fact => fact.Fact is TrialRefused));
    }

    [Fact]
    public void Claim_WorkerSilentForALease_IsLostAndItsTrialGoesOn()
    {
        using IStudyStore store = Opened();
        Ask(store, 2);
        TrialClaimed silent = store.Claim(Worker(1), null)!, heard = store.Claim(Worker(2), null)!;
        for (int beat = 0; beat < 5; beat++)
        {
            _time.Advance(Lease / 4);
            Assert.True(store.Beat(heard.Trial, heard.Attempt));
        }
        _time.Advance(Moment);

        Assert.Equal((0, 2), Numbers(store.Claim(Worker(3), null)));
        Assert.Equal(ReleaseCause.Lost, Assert.Single(store.Read(0).Select(fact => fact.Fact).OfType<TrialReleased>()).Cause);
        Assert.False(store.Beat(silent.Trial, silent.Attempt));
        Assert.True(store.Beat(heard.Trial, heard.Attempt));
        Assert.IsType<TrialRefused>(store.Append(Reported(silent, 1)));
    }

    /// <summary>A machine that slept, or a store that was away, is nobody's silence.</summary>
    [Fact]
    public void Claim_AfterAnOutage_LosesNobodyUntilALeaseHasPassedAgain()
    {
        using IStudyStore store = Opened();
        Ask(store, 1);
        TrialClaimed held = store.Claim(Worker(1), null)!;
        _time.Advance(TimeSpan.FromHours(9));

        Assert.Null(store.Claim(Worker(2), null));
        Assert.True(store.Beat(held.Trial, held.Attempt));
        for (int look = 0; look < 4; look++)
        {
            _time.Advance(Lease / 4);
            Assert.Null(store.Claim(Worker(2), null));
        }
        _time.Advance(Lease / 4);
        Assert.Equal((0, 2), Numbers(store.Claim(Worker(2), null)));
    }

    [Fact]
    public void Claim_ClockSetBack_MakesNoLeaseLonger()
    {
        using IStudyStore store = Opened();
        Ask(store, 1);
        store.Claim(Worker(1), null);
        _time.Advance(TimeSpan.FromDays(-2));

        for (int look = 0; look < 5; look++)
        {
            Assert.Null(store.Claim(Worker(2), null));
            _time.Advance(Lease / 4);
        }
        Assert.Equal((0, 2), Numbers(store.Claim(Worker(2), null)));
    }

    [Fact]
    public void Append_TooManyFailures_EndTheTrialWithTheLastReason()
    {
        using IStudyStore store = Opened();
        Ask(store, 1);

        Assert.IsType<TrialReleased>(store.Append(Released(store.Claim(Worker(1), null)!, ReleaseCause.Failed)));
        TrialFailed failed = Assert.IsType<TrialFailed>(store.Append(Released(store.Claim(Worker(1), null)!, ReleaseCause.Failed)));
        Assert.Equal("failed 2 times, the last time: a reason", failed.Reason);
        Assert.Null(store.Claim(Worker(1), null));
        Assert.Equal(TrialState.Failed, Trial(store, 0).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Claim_TooManyLosses_EndTheTrialUnlessItGetsOn(bool reports)
    {
        using IStudyStore store = Opened();
        Ask(store, 1);
        for (int attempt = 1; attempt <= 3; attempt++)
        {
            TrialClaimed claim = store.Claim(Worker(attempt), null)!;
            Assert.Equal(attempt, claim.Attempt);
            if (reports)
                store.Append(Reported(claim, attempt));
            // Somebody else is heard, or it would be an outage.
            for (int look = 0; look < 5; look++)
            {
                _time.Advance(Lease / 4 + Moment);
                store.Beat(99, 1);
            }
        }

        Assert.Equal(reports ? (0, 4) : null, Numbers(store.Claim(Worker(9), null)));
        Assert.Equal(reports ? TrialState.Pending : TrialState.Failed, Trial(store, 0).State);
    }

    [Fact]
    public void Claim_TrialAtARung_WaitsUntilItIsPromotedAndNeverReturnsWhenPruned()
    {
        using IStudyStore store = Opened();
        Ask(store, 2);
        foreach (TrialClaimed claim in (TrialClaimed[])[store.Claim(Worker(1), null)!, store.Claim(Worker(1), null)!])
        {
            store.Append(Reported(claim, 3));
            store.Append(Released(claim, ReleaseCause.Paused, step: 3));
        }

        Assert.Null(store.Claim(Worker(1), null));
        store.TryAppend(store.Read(0).Count, new TrialPruned { Trial = 0, Step = 3, Reason = "it was the worse one" });
        store.TryAppend(store.Read(0).Count, new TrialPromoted { Trial = 1, Step = 3 });
        Assert.Equal((1, 2), Numbers(store.Claim(Worker(1), null)));
        Assert.Null(store.Claim(Worker(1), null));
        Assert.Equal((TrialState.Pruned, "it was the worse one"), (Trial(store, 0).State, Trial(store, 0).PruningReason));
    }

    [Fact]
    public async Task Claim_ManyAtOnce_GivesEachTrialToOne()
    {
        const int trials = 60;
        using IStudyStore store = Opened();
        IStudyStore[] stores = [.. Enumerable.Range(0, 4).Select(_ => store.IsShared ? Opened() : store)];
        Ask(store, trials);

        TrialClaimed[][] claimed = await Task.WhenAll(stores.Select((own, worker) => Task.Run(() =>
        {
            List<TrialClaimed> mine = [];
            while (own.Claim(Worker(worker), null) is { } claim)
            {
                mine.Add(claim);
                Assert.IsType<TrialTold>(own.Append(Told(claim)));
            }
            return mine.ToArray();
        })));

        Assert.Equal(Enumerable.Range(0, trials), claimed.SelectMany(mine => mine).Select(claim => claim.Trial).Order());
        Assert.Equal(Enumerable.Range(0, 3 * trials), store.Read(0).Select(fact => fact.Position));
        foreach (IStudyStore own in stores)
            own.Dispose();
    }

    /// <summary>Whatever is done in whatever order, the log is that of the plainest store.</summary>
    [Fact]
    public void Read_AnyOperations_GivesTheLogOfTheStoreInMemory()
    {
        int place = 0;
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[1, 3]).Array[5, 40].Sample(steps =>
        {
            ManualTime time = new();
            string name = _folder.In($"any-{place++}");
            using MemoryStudyStore expected = new(time, Rules);
            using IStudyStore actual = Create(name, time, Rules);
            expected.Open(Header);
            actual.Open(Header);
            foreach ((int kind, int trial, int attempt) in steps)
            {
                time.Advance(TimeSpan.FromSeconds(17 * trial + 40 * (kind == 9 ? attempt : 0)));
                Assert.Equal(Step(expected, kind, trial, attempt), Step(actual, kind, trial, attempt));
            }
            Assert.Equal(expected.Read(0), actual.Read(0));
        }, iter: 25, threads: 1);
    }

    private static string Step(IStudyStore store, int kind, int trial, int attempt)
    {
        TrialClaimed claim = new() { Trial = trial, Attempt = attempt, Worker = "" };
        int length = store.Read(0).Count;
        try
        {
            return $"{kind switch
            {
                0 or 1 => store.TryAppend(length, Asked(trial)),
                2 or 3 or 4 => store.Claim(Worker(attempt), below: 3),
                5 => store.Append(Told(claim)),
                6 => store.Append(Reported(claim, attempt)),
                7 => store.Append(Released(claim, ReleaseCause.Failed)),
                8 => store.Append(Released(claim, ReleaseCause.Stopped)),
                _ => store.Beat(trial, attempt),
            }}";
        }
        catch (Exception e) when (e is InvalidOperationException)
        {
            return e.Message;
        }
    }

    private static (int Trial, int Attempt)? Numbers(TrialClaimed? claim) => claim is null ? null : (claim.Trial, claim.Attempt);
}
