using RobustWrn.Core;

namespace RobustWrn.Search;

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
public sealed partial class Study<TSpec> : IDisposable
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
    private readonly RungDecisions? _rungs;
    private readonly RandomStream _random;
    private readonly FollowedLog _log;
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
        Header = StudyHeader.Of(space, sampler, seed, options);
        if (options.Pruner is { } pruner)
            _rungs = new RungDecisions(Header, pruner, options.Ladder, RandomStream.From(seed).For("pruner"));
        _log = new FollowedLog(store, Header);
        StudyResume.Refuse(Header, store.Open(Header));
        StudyResume.Check(space, _log.Refreshed(), options.Logger);
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
                return _log.Known.Trials.ToValueList();
        }
    }

    /// <summary>The number of facts in the log.</summary>
    public int Length
    {
        get
        {
            lock (_gate)
                return _log.Known.Length;
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

    /// <summary>The steps at which the pruner decides, ascending; empty without one.</summary>
    public ValueList<int> Rungs => _rungs?.Steps ?? [];

    /// <summary>Why there are no further trials; null while there may be some.</summary>
    public string? EndReason { get; private set; }

    /// <summary>
    /// True when the last <see cref="Ask"/> gave no trial because the next batch is proposed from trials that are not told yet, or because
    /// trials that others hold may come back: paused at a rung, or lost.
    /// </summary>
    public bool IsWaiting { get; private set; }

    /// <summary>
    /// The trials and what came of them as one text, without times, workers and attempts: equal for one worker and eight, for a study that
    /// was killed and one that was not.
    /// </summary>
    public string LogText()
    {
        lock (_gate)
            return _log.Known.Text();
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
            int? end = _options.MaxTrials;
            string? exhausted = null;
            while (true)
            {
                ValueList<Observation> known;
                int length, number;
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    StudyLog log = _log.Refreshed();
                    if (!Decide(end))
                        continue;
                    if (_store.Claim(_worker, _options.MaxTrials) is { } claimed)
                        return Handed(_log.Refreshed().Find(claimed.Trial)!, claimed.Attempt);
                    // The claim may have found that a trial lost its worker for good.
                    _log.Refreshed();
                    number = log.FirstFree;
                    if (number >= end)
                        return End(number >= _options.MaxTrials ? UsedUp(_options.MaxTrials.Value) : exhausted);
                    int horizon = Horizon(number);
                    if (Header.Width is not null && log.Pending.Any(pending => pending < horizon))
                        return Wait();
                    known = log.Observed(number, horizon);
                    length = log.Length;
                }
                Proposal proposal = _sampler.Propose(new SamplerContext(_space.Shape, known, number, _random));
                if (proposal.Point is not { } point)
                {
                    // The batch is as large as it will be, which its rungs must know.
                    (end, exhausted) = (number, proposal.Reason);
                    continue;
                }
                TrialAsked asked = _check.Asked(number, point, known);
                lock (_gate)
                {
                    ObjectDisposedException.ThrowIf(_disposed, this);
                    StudyLog log = _log.Refreshed();
                    // What the sampler saw decides, not the length: a trial of this batch that was told meanwhile changes nothing.
                    if (log.Length == length || (log.FirstFree == number && log.Observed(number, Horizon(number)).Equals(known)))
                        _log.TryAppend(asked);
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
    /// Records what a trial measured on its way. A step that was reported before, by an attempt that was interrupted, stays. After the
    /// steps at which the study's pruner decides (<see cref="Rungs"/>) all objectives must be measured.
    /// </summary>
    /// <param name="trial">A trial that this study handed out and that was not told yet.</param>
    /// <param name="step">How far it is, such as its epoch; at least 0.</param>
    /// <param name="measures">The measures.</param>
    /// <returns>What the trial is to do next; without a pruner always to go on.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, or was told before.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    /// <exception cref="InvalidDescriptionException">The measures have problems.</exception>
    public RungDecision Report(Trial<TSpec> trial, int step, params ReadOnlySpan<Measure> measures)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ValueList<Measure> kept = [.. measures];
        TrialOutcome outcome = new() { Measures = kept };
        bool rung = Rungs.Contains(step);
        (rung ? outcome.ProblemsFor(Header.Objectives, []) : outcome.Problems()).ThrowIfAny(nameof(TrialReport));
        lock (_gate)
        {
            if (Running(trial).Find(step) is null)
                _log.Append(new TrialReported { Trial = trial.Number, Attempt = trial.Attempt, Step = step, Measures = kept });
            return rung ? Decided(trial, step) : RungDecision.GoOn;
        }
    }

    /// <summary>
    /// Lets go of a trial that stands at a rung (<see cref="RungDecision.Pause"/>): it is handed out again if it may go on.
    /// </summary>
    /// <param name="trial">A trial that this study handed out and that reported the rung last.</param>
    /// <returns>The record as stored, which may be that of a trial that was decided meanwhile.</returns>
    /// <exception cref="InvalidOperationException">The trial is not this study's, was told before, or reported nothing.</exception>
    /// <exception cref="TrialLostException">The trial is another worker's by now.</exception>
    public TrialRecord Pause(Trial<TSpec> trial)
    {
        lock (_gate)
        {
            ArgumentNullException.ThrowIfNull(trial);
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_log.Refreshed().Find(trial.Number) is { State: TrialState.Pruned } pruned && pruned.Attempts == trial.Attempt)
                return LetGo(trial);
            int rung = Running(trial).Reports is [.., var last] && Rungs.Contains(last.Step) ? last.Step
                : throw new InvalidOperationException($"trial {trial.Number} stands at no rung. Release it.");
            return Finish(trial, () => new TrialReleased
            {
                Trial = trial.Number,
                Attempt = trial.Attempt,
                Cause = ReleaseCause.Paused,
                Step = rung,
            });
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

    // Trials that other workers hold, or that stand at rungs, may come back.
    private Trial<TSpec>? End(string? reason)
    {
        StudyLog log = _log.Known;
        if (log.Pending.Any(number => !(number >= _options.MaxTrials)
            && (log.Find(number)!.PausedAt is not null || (log.Find(number)!.IsHeld && (_rungs is not null || !_held.Contains(number))))))
            return Wait();
        EndReason = reason;
        return null;
    }

    private Trial<TSpec>? Wait()
    {
        (EndReason, IsWaiting) = (null, true);
        return null;
    }

    // Appends what is due; false when the log was longer than was thought.
    private bool Decide(int? end)
    {
        bool any = false;
        foreach (StudyFact fact in _rungs?.Due(_log.Known, end) ?? [])
        {
            if (!_log.TryAppend(fact))
                return false;
            any = true;
        }
        if (any)
            Signal();
        return true;
    }

    private RungDecision Decided(Trial<TSpec> trial, int step)
    {
        while (true)
        {
            StudyLog log = _log.Refreshed();
            TrialRecord record = log.Find(trial.Number)!;
            if (record.State == TrialState.Pruned)
            {
                LetGo(trial);
                return RungDecision.Stop;
            }
            // Asked again, since it may have become another's.
            Running(trial);
            if (!_rungs!.IsUndecided(record, step))
                return RungDecision.GoOn;
            if (Header.Width is null)
                _log.TryAppend(_rungs.Now(log, record, step));
            else if (Decide(_options.MaxTrials) && _rungs.IsUndecided(_log.Known.Find(trial.Number)!, step))
                return RungDecision.Pause;
        }
    }

    private TrialRecord Finish(Trial<TSpec> trial, Func<AttemptFact> fact)
    {
        lock (_gate)
        {
            Running(trial);
            _log.Append(fact());
            return LetGo(trial);
        }
    }

    private TrialRecord LetGo(Trial<TSpec> trial)
    {
        _held.Remove(trial.Number);
        Signal();
        return _log.Known.Find(trial.Number)!;
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = NewSignal();
    }

    private TrialRecord Running(Trial<TSpec> trial)
    {
        ArgumentNullException.ThrowIfNull(trial);
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _log.Running(trial.Number, trial.Attempt, trial.Point);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
