using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Opens studies.</summary>
public static class Study
{
    /// <summary>Begins a study, or goes on with the one in the store.</summary>
    /// <typeparam name="TSpec">The specification searched over.</typeparam>
    /// <param name="space">The networks.</param>
    /// <param name="sampler">Chooses among them.</param>
    /// <param name="seed">The same seed asks for the same networks.</param>
    /// <param name="store">Where the study is kept; null is memory. The study disposes it, also when this call throws.</param>
    /// <param name="maximumTrials">
    /// The most trials, those in the store included; null is no limit. Not part of the study's identity: a rerun may raise it, or
    /// lower it, which hands out no trial beyond it.
    /// </param>
    /// <param name="time">Clock of the records; null is the system's.</param>
    /// <param name="logger">Told of trials and resumes; null is none.</param>
    /// <exception cref="InvalidDescriptionException">Space or sampler have problems, or cannot be stored where the store is not
    /// memory.</exception>
    /// <exception cref="StudyMismatchException">The store holds another study.</exception>
    /// <exception cref="IOException">The store cannot be opened, or another process uses it.</exception>
    public static Study<TSpec> Open<TSpec>(
        SearchSpace<TSpec> space,
        ISampler sampler,
        Seed seed,
        IStudyStore? store = null,
        int? maximumTrials = null,
        TimeProvider? time = null,
        ILogger? logger = null)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampler);
        if (maximumTrials is { } most)
            ArgumentOutOfRangeException.ThrowIfLessThan(most, 1, nameof(maximumTrials));
        store ??= new MemoryStudyStore();
        try
        {
            space.Problems().ThrowIfAny("SearchSpace");
            sampler.ThrowIfInvalid();
            if (store is not MemoryStudyStore)
                space.StorageProblems().Concat(sampler.StorageProblems(nameof(sampler))).ThrowIfAny("Study");
            return new Study<TSpec>(space, sampler, seed, store, maximumTrials, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}

/// <summary>
/// A search by asking and telling: <see cref="Ask"/> hands out a network, the caller judges it however it likes, <see cref="Tell"/>
/// records the score. Each step is stored before the call returns; opened again, the study hands out interrupted trials first and then
/// goes on as if nothing had happened.
/// </summary>
/// <typeparam name="TSpec">The specification searched over.</typeparam>
/// <remarks>
/// Thread-safe. Asked and told one trial after another, equal seeds give equal trials; with several trials at once the order of telling
/// matters to samplers that learn.
/// </remarks>
public sealed class Study<TSpec> : IDisposable
    where TSpec : INetworkSpec
{
    private readonly Lock _gate = new();
    private readonly SearchSpace<TSpec> _space;
    private readonly ISampler _sampler;
    private readonly IStudyStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RandomStream _random;
    private readonly int? _maximumTrials;
    private readonly SortedDictionary<int, TrialRecord> _trials = [];
    private readonly SortedSet<int> _interrupted = [];
    private readonly Dictionary<int, long> _asked = [];
    private bool _disposed;

    internal Study(SearchSpace<TSpec> space, ISampler sampler, Seed seed, IStudyStore store, int? maximumTrials, TimeProvider time, ILogger log)
    {
        (_space, _sampler, _store, _maximumTrials, _time, _log) = (space, sampler, store, maximumTrials, time, log);
        _random = RandomStream.From(seed).For("sampler");
        Header = new StudyHeader
        {
            Space = space.Canonical,
            SpaceFingerprint = space.Fingerprint,
            Sampler = DescriptionJson.Canonical(sampler),
            Seed = seed,
        };
        Resume(store.Open(Header));
    }

    /// <summary>Space, sampler and seed of the study.</summary>
    public StudyHeader Header { get; }

    /// <summary>All trials in the order of their numbers, pending ones too.</summary>
    public ValueList<TrialRecord> Trials
    {
        get
        {
            lock (_gate)
                return _trials.Values.ToValueList();
        }
    }

    /// <summary>The completed trials, best score first; equal scores in the order of their numbers.</summary>
    public ValueList<TrialRecord> Ranking() =>
        Trials.Where(trial => trial.State == TrialState.Completed).OrderByDescending(trial => trial.Score!.Value.Value).ThenBy(trial => trial.Number).ToValueList();

    /// <summary>The completed trial with the best score, of equals the earliest; null when none is completed.</summary>
    public TrialRecord? Best => Ranking() is [var best, ..] ? best : null;

    /// <summary>Why the last <see cref="Ask"/> gave no trial; null when it gave one.</summary>
    public string? EndReason { get; private set; }

    /// <summary>The specification of a trial of this study.</summary>
    /// <param name="trial">The trial's record.</param>
    public TSpec SpecOf(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return _space.At(trial.Point);
    }

    /// <summary>The next network to try: an interrupted trial if there is one, else what the sampler proposes.</summary>
    /// <returns>The trial, or null when the trials allowed are used up or the space is; <see cref="EndReason"/> says which.</returns>
    public Trial<TSpec>? Ask()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            EndReason = null;
            TrialRecord? record = Interrupted() ?? Proposed();
            if (record is null)
                return null;
            _asked[record.Number] = _time.GetTimestamp();
            return new Trial<TSpec>(record.Number, record.Point, record.Values, _space.At(record.Point));
        }
    }

    /// <summary>Records the outcome of a trial.</summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="outcome">Its score and measures.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="InvalidDescriptionException">The outcome has problems.</exception>
    public TrialRecord Tell(Trial<TSpec> trial, TrialOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        outcome.Problems().ThrowIfAny(nameof(TrialOutcome));
        return Finish(trial, record => record with { State = TrialState.Completed, Score = outcome.Score, Measures = outcome.Measures });
    }

    /// <summary>Records that a trial failed. It is not tried again.</summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="reason">Why, for people.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    public TrialRecord TellFailed(Trial<TSpec> trial, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Finish(trial, record => record with { State = TrialState.Failed, FailureReason = reason });
    }

    /// <summary>
    /// Releases the store. Trials that were asked and not told stay pending and are handed out again by the next study there.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _store.Dispose();
        }
    }

    private TrialRecord? Interrupted()
    {
        if (_interrupted.Count == 0 || _interrupted.Min >= _maximumTrials)
            return null;
        int number = _interrupted.Min;
        _interrupted.Remove(number);
        return _trials[number];
    }

    private TrialRecord? Proposed()
    {
        // A record that was lost leaves a gap: its trial is proposed again from the trials before it, as the first time.
        int number = 0;
        while (_trials.ContainsKey(number))
            number++;
        if (number >= _maximumTrials)
            return End(_maximumTrials == 1 ? "the 1 trial has been asked." : $"all {Quantity.Of(_maximumTrials.Value, "trial")} have been asked.");
        Observation[] history = [.. _trials.Values.TakeWhile(trial => trial.Number < number).Select(trial => trial.Observed())];
        Proposal proposal = _sampler.Propose(new SamplerContext(_space.Shape, [.. history], number, _random));
        if (proposal.Point is not { } point)
            return End(proposal.Reason);
        PointVerdict<TSpec> verdict = _space.Judge(point);
        if (!verdict.Kept)
            throw new InvalidOperationException($"a sampler must propose points that the space keeps, but {_sampler.GetType().Name} proposed ({string.Join(", ", _space.ValuesAt(point))}), {(verdict.RejectedBy is { } filter ? $"which \"{filter}\" rejects" : "which is no valid network")}. Ask SamplerContext.Space.Keeps in the sampler.");
        string spec = DescriptionJson.Canonical(verdict.Spec);
        return Keep(new TrialRecord
        {
            Number = number,
            Point = point,
            Values = _space.ValuesAt(point),
            Spec = spec,
            SpecFingerprint = DescriptionJson.Fingerprint(spec),
            State = TrialState.Pending,
            Started = _time.GetUtcNow(),
        });
    }

    private TrialRecord? End(string? reason)
    {
        EndReason = reason;
        return null;
    }

    private TrialRecord Finish(Trial<TSpec> trial, Func<TrialRecord, TrialRecord> finish)
    {
        ArgumentNullException.ThrowIfNull(trial);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_trials.TryGetValue(trial.Number, out TrialRecord? record) || !record.Point.Equals(trial.Point))
                throw new InvalidOperationException($"trial {trial.Number} is not one of this study. Tell a trial to the study that asked for it.");
            if (!_asked.TryGetValue(trial.Number, out long asked))
                throw new InvalidOperationException($"trial {trial.Number} is {record.State.ToString().ToLowerInvariant()}; a trial must be asked, and can be told once.");
            TrialRecord finished = Keep(finish(record) with { Finished = _time.GetUtcNow(), Seconds = _time.GetElapsedTime(asked).TotalSeconds });
            _asked.Remove(trial.Number);
            return finished;
        }
    }

    private TrialRecord Keep(TrialRecord record)
    {
        _store.Append(record);
        _trials[record.Number] = record;
        return record;
    }

    private void Resume(StoredStudy stored)
    {
        StudyResume.Refuse(Header, stored.Header);
        foreach (TrialRecord trial in stored.Trials)
        {
            StudyResume.Refuse(_space, trial);
            _trials[trial.Number] = trial;
            if (trial.State == TrialState.Pending)
                _interrupted.Add(trial.Number);
        }
        if (_trials.Count == 0)
            return;
        // Numbers are given without gaps, and each is recorded before its trial is handed out.
        foreach (int lost in Enumerable.Range(0, _trials.Keys.Max()).Where(number => !_trials.ContainsKey(number)))
            SearchLog.LostTrial(_log, lost);
        SearchLog.Resumed(_log, _trials.Count, _interrupted.Count);
    }
}
