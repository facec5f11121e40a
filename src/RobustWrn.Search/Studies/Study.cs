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
    /// <param name="options">What it wants, how many trials, in batches of which width; null is one score, without end, in batches of 8.
    /// </param>
    /// <exception cref="InvalidDescriptionException">Space, sampler or options have problems, or cannot be stored where the store is not
    /// memory.</exception>
    /// <exception cref="StudyMismatchException">The store holds another study.</exception>
    /// <exception cref="IOException">The store cannot be opened, or another process uses it.</exception>
    public static Study<TSpec> Open<TSpec>(
        SearchSpace<TSpec> space, ISampler sampler, Seed seed, IStudyStore? store = null, StudyOptions? options = null)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampler);
        options ??= new StudyOptions();
        store ??= new MemoryStudyStore();
        try
        {
            options.Problems().ThrowIfAny(nameof(StudyOptions));
            space.Problems().ThrowIfAny("SearchSpace");
            sampler.ThrowIfInvalid();
            if (store is not MemoryStudyStore)
                space.StorageProblems().Concat(sampler.StorageProblems(nameof(sampler))).ThrowIfAny("Study");
            return new Study<TSpec>(space, sampler, seed, store, options);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}

/// <summary>
/// A search by asking and telling: <see cref="Ask"/> hands out a network, the caller judges it however it likes,
/// <see cref="Tell(Trial{TSpec}, TrialOutcome)"/> records what came of it. Each step is a fact that is stored before the call returns;
/// opened again, the study hands out interrupted trials first and then goes on as if nothing had happened.
/// </summary>
/// <typeparam name="TSpec">The specification searched over.</typeparam>
/// <remarks>
/// Thread-safe: any number of workers may ask and tell. In batches (<see cref="StudyOptions.Width"/>) equal seeds give equal trials,
/// whatever the number of workers and the order in which they end.
/// </remarks>
public sealed class Study<TSpec> : IDisposable
    where TSpec : INetworkSpec
{
    // What other processes do is seen so late at most.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    // Samplers are asked one after another, outside of the gate: a slow one keeps nobody from telling.
    private readonly Lock _asking = new(), _gate = new();
    private readonly SearchSpace<TSpec> _space;
    private readonly ISampler _sampler;
    private readonly IStudyStore _store;
    private readonly StudyOptions _options;
    private readonly RandomStream _random;
    private readonly StudyLog _log;
    private readonly ProposalCheck<TSpec> _check;
    private readonly string _worker = WorkerName.Make();
    private readonly HeldTrials _held;
    private TaskCompletionSource _changed = NewSignal();
    private bool _disposed;

    internal Study(SearchSpace<TSpec> space, ISampler sampler, Seed seed, IStudyStore store, StudyOptions options)
    {
        (_space, _sampler, _store, _options) = (space, sampler, store, options);
        _check = new ProposalCheck<TSpec>(space, sampler);
        _random = RandomStream.From(seed).For("sampler");
        Header = new StudyHeader
        {
            Space = space.Canonical,
            SpaceFingerprint = space.Fingerprint,
            Sampler = DescriptionJson.Canonical(sampler),
            Seed = seed,
            Width = options.Width,
            Objectives = options.Objectives,
            Constraints = options.Constraints,
        };
        _log = new StudyLog(Header);
        StudyResume.Refuse(Header, store.Open(Header));
        Resume();
        _held = new HeldTrials(store, options.Logger);
    }

    /// <summary>Space, sampler, seed, objectives and mode of the study.</summary>
    public StudyHeader Header { get; }

    /// <summary>All trials in the order of their numbers, pending ones too.</summary>
    public ValueList<TrialRecord> Trials
    {
        get
        {
            lock (_gate)
                return _log.Trials.ToValueList();
        }
    }

    /// <summary>The number of facts in the log.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
                return _log.Length;
        }
    }

    /// <summary>
    /// The completed trials, best first: those that keep the constraints before those that do not; with one objective by its value, with
    /// several by front and crowding (<see cref="NonDominatedSorting"/>); equal ones in the order of their numbers.
    /// </summary>
    public ValueList<TrialRecord> Ranking() => TrialRanking.Of(Trials, Header);

    /// <summary>The first of the <see cref="Ranking"/>; null when no trial is completed.</summary>
    public TrialRecord? Best => Ranking() is [var best, ..] ? best : null;

    /// <summary>
    /// The completed trials that keep the constraints and that no other such trial beats in all objectives, in the order of their numbers.
    /// </summary>
    public ValueList<TrialRecord> Front() => TrialRanking.Front(Trials, Header);

    /// <summary>Why there are no further trials; null while there may be some.</summary>
    public string? EndReason { get; private set; }

    /// <summary>
    /// True when the last <see cref="Ask"/> gave no trial because the next batch is proposed from trials that are not told yet.
    /// </summary>
    public bool IsWaiting { get; private set; }

    /// <summary>
    /// The trials and what came of them as one text, without times, workers and attempts: equal for one worker and eight, for a study that
    /// was killed and one that was not.
    /// </summary>
    public string LogText()
    {
        lock (_gate)
            return _log.Text();
    }

    /// <summary>The specification of a trial of this study.</summary>
    /// <param name="trial">The trial's record.</param>
    public TSpec SpecOf(TrialRecord trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        return _space.At(trial.Point);
    }

    /// <summary>The next network to try: an interrupted trial if there is one, else what the sampler proposes.</summary>
    /// <returns>
    /// The trial; or null when the trials allowed are used up or the space is, and then <see cref="EndReason"/> says which; or null while
    /// the batch that runs must be told first (<see cref="IsWaiting"/>).
    /// </returns>
    /// <exception cref="InvalidOperationException">The sampler proposed what it must not.</exception>
    public Trial<TSpec>? Ask()
    {
        lock (_asking)
        {
            (EndReason, IsWaiting) = (null, false);
            while (true)
            {
                ValueList<Observation> known;
                int length, number;
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    Refresh();
                    if (_store.Claim(_worker, _options.MaxTrials) is { } claimed)
                    {
                        Refresh();
                        return Handed(_log.Find(claimed.Trial)!, claimed.Attempt);
                    }
                    // The claim may have found that a trial lost its worker for good.
                    Refresh();
                    number = _log.FirstFree;
                    if (number >= _options.MaxTrials)
                        return End(UsedUp(_options.MaxTrials.Value));
                    int horizon = Horizon(number);
                    if (Header.Width is not null && _log.Pending.Any(pending => pending < horizon))
                    {
                        IsWaiting = true;
                        return null;
                    }
                    known = _log.Observed(number, horizon);
                    length = _log.Length;
                }
                Proposal proposal = _sampler.Propose(new SamplerContext(_space.Shape, known, number, _random));
                if (proposal.Point is not { } point)
                    return End(proposal.Reason);
                TrialAsked asked = _check.Asked(number, point, known);
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    Refresh();
                    // What the sampler saw decides, not the length: a trial of this batch that was told meanwhile changes nothing.
                    if (_log.Length == length || (_log.FirstFree == number && _log.Observed(number, Horizon(number)).Equals(known)))
                        TryAppend(asked);
                }
            }
        }
    }

    /// <summary>The next network to try; waits while the batch that runs must be told first.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>The trial; null when there are no further ones (<see cref="EndReason"/>).</returns>
    public async Task<Trial<TSpec>?> AskAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            lock (_gate)
                changed = _changed.Task;
            bool waits;
            Trial<TSpec>? trial;
            lock (_asking)
            {
                trial = Ask();
                waits = IsWaiting;
            }
            if (trial is not null || !waits)
                return trial;
            if (!_store.IsShared)
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            else
                await Task.WhenAny(changed, Task.Delay(Poll, cancellationToken)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Records what a trial measured on its way. A step that was reported before, by an attempt that was interrupted, stays.
    /// </summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="step">How far it is, such as its epoch; at least 0.</param>
    /// <param name="measures">The measures.</param>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    /// <exception cref="InvalidDescriptionException">The measures have problems.</exception>
    public void Report(Trial<TSpec> trial, int step, params ReadOnlySpan<Measure> measures)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ValueList<Measure> kept = [.. measures];
        new TrialOutcome { Measures = kept }.Problems().ThrowIfAny(nameof(TrialReport));
        lock (_gate)
        {
            if (Running(trial).Find(step) is null)
                Append(new TrialReported { Trial = trial.Number, Attempt = trial.Attempt, Step = step, Measures = kept });
        }
    }

    /// <summary>
    /// Lets go of a trial before it ended: it waits for a worker again, which goes on where this one stopped if the caller keeps that.
    /// </summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="cause">Failures count: so many end the trial (<see cref="ClaimRules.MaxFailures"/>).</param>
    /// <param name="reason">What happened, for people.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    public TrialRecord Release(Trial<TSpec> trial, ReleaseCause cause = ReleaseCause.Stopped, string reason = "") =>
        Finish(trial, () => new TrialReleased { Trial = trial.Number, Attempt = trial.Attempt, Cause = cause, Reason = reason });

    /// <summary>Records the outcome of a trial.</summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="outcome">Its measures, those of all objectives and constraints among them.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    /// <exception cref="InvalidDescriptionException">The outcome has problems.</exception>
    public TrialRecord Tell(Trial<TSpec> trial, TrialOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        outcome.ProblemsFor(Header.Objectives, Header.Constraints).ThrowIfAny(nameof(TrialOutcome));
        return Finish(trial, () => new TrialTold { Trial = trial.Number, Attempt = trial.Attempt, Outcome = outcome });
    }

    /// <summary>Records the outcome of a trial of a study of one objective: any number.</summary>
    /// <inheritdoc cref="Tell(Trial{TSpec}, TrialOutcome)"/>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="value">The value of the objective.</param>
    public TrialRecord Tell(Trial<TSpec> trial, double value) =>
        Tell(trial, new TrialOutcome { Measures = [new Measure(OnlyObjective(), value)] });

    /// <summary>Records the outcome of a trial of a study of one objective: hits out of a total.</summary>
    /// <inheritdoc cref="Tell(Trial{TSpec}, TrialOutcome)"/>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="value">The value of the objective.</param>
    public TrialRecord Tell(Trial<TSpec> trial, Proportion value) =>
        Tell(trial, new TrialOutcome { Measures = [Measure.Of(OnlyObjective(), value)] });

    /// <summary>Records that a trial failed. It is not tried again.</summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="reason">Why, for people.</param>
    /// <returns>The record as stored.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    public TrialRecord TellFailed(Trial<TSpec> trial, string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Finish(trial, () => new TrialFailed { Trial = trial.Number, Attempt = trial.Attempt, Reason = reason });
    }

    /// <summary>
    /// Lets go of the trials that were asked and not told, which other workers and the next study there are handed, and of the store.
    /// </summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _held.Dispose();
            _store.Dispose();
            _changed.TrySetResult();
        }
    }

    private int Horizon(int number) => Header.Width is { } width ? number / width * width : number;

    private Trial<TSpec> Handed(TrialRecord trial, int attempt) =>
        new(trial.Number, attempt, trial.Point, trial.Values, _space.At(trial.Point)) { Lost = _held.Add(trial.Number, attempt) };

    private static string UsedUp(int trials) =>
        trials == 1 ? "the 1 trial has been asked." : $"all {Quantity.Of(trials, "trial")} have been asked.";

    private Trial<TSpec>? End(string? reason)
    {
        EndReason = reason;
        return null;
    }

    private string OnlyObjective() => Header.Objectives is [var only] ? only.Name : throw new InvalidOperationException(
        $"one value tells a study of one objective, but this one has {Header.Objectives.Count}. "
            + $"Tell a {nameof(TrialOutcome)} with a measure for each.");

    private TrialRecord Finish(Trial<TSpec> trial, Func<AttemptFact> fact)
    {
        lock (_gate)
        {
            Running(trial);
            Append(fact());
            _held.Remove(trial.Number);
            _changed.TrySetResult();
            _changed = NewSignal();
            return _log.Find(trial.Number)!;
        }
    }

    private TrialRecord Running(Trial<TSpec> trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ObjectDisposedException.ThrowIf(_disposed, this);
        Refresh();
        if (_log.Find(trial.Number) is not { } record || !record.Point.Equals(trial.Point))
            throw new InvalidOperationException(
                $"trial {trial.Number} is not one of this study. Tell a trial to the study that asked for it.");
        if (record.Attempts > trial.Attempt)
            throw GivenUp(record, trial.Attempt);
        if (record.State != TrialState.Pending || record.Worker is null)
            throw new InvalidOperationException(
                $"trial {trial.Number} is {record.State.ToString().ToLowerInvariant()}; a trial must be asked, and can be told once.");
        if (record.Attempts != trial.Attempt || !record.IsHeld)
            throw GivenUp(record, trial.Attempt);
        return record;
    }

    private static TrialLostException GivenUp(TrialRecord record, int attempt) => new(record.Attempts == attempt
        ? $"attempt {attempt} of trial {record.Number} was given up; what it found is not taken."
        : $"trial {record.Number} is in its attempt {record.Attempts}, and attempt {attempt} was given up; what it found is not taken.");

    private void Append(AttemptFact fact)
    {
        StudyFact appended = _store.Append(fact);
        Refresh();
        if (appended is TrialRefused)
            throw GivenUp(_log.Find(fact.Trial)!, fact.Attempt);
    }

    private bool TryAppend(StudyFact fact)
    {
        if (_store.TryAppend(_log.Length, fact) is not { } logged)
            return false;
        _log.Apply(logged);
        return true;
    }

    private void Refresh()
    {
        foreach (LoggedFact fact in _store.Read(_log.Length))
            _log.Apply(fact);
    }

    private void Resume()
    {
        Refresh();
        foreach (TrialRecord trial in _log.Trials)
            StudyResume.Refuse(_space, trial);
        if (_log.Trials.Count == 0)
            return;
        // Numbers are given without gaps, and each is recorded before its trial is handed out.
        foreach (int lost in Enumerable.Range(0, _log.Trials.Last().Number).Where(number => _log.Find(number) is null))
            SearchLog.LostTrial(_options.Logger, lost);
        SearchLog.Resumed(_options.Logger, _log.Trials.Count, _log.Pending.Count);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
