using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The trials that the facts of a study add up to. Facts are applied in the order of the log; one that cannot follow those before it is
/// none of this study's.
/// </summary>
public sealed class StudyLog
{
    private readonly StudyHeader _header;
    private readonly SortedDictionary<int, TrialRecord> _trials = [];
    private readonly Dictionary<int, Observation> _observed = [];
    private readonly SortedSet<int> _pending = [], _waiting = [], _held = [];

    private (int Since, Dictionary<int, Observation> Known) _estimates = (-1, []);

    /// <summary>The log of a study of which nothing happened yet.</summary>
    /// <param name="header">What the study is.</param>
    public StudyLog(StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        _header = header;
    }

    /// <summary>The number of facts so far.</summary>
    public int Length { get; private set; }

    /// <summary>The trials in the order of their numbers.</summary>
    public IReadOnlyCollection<TrialRecord> Trials => _trials.Values;

    /// <summary>The numbers of the trials that were asked and have not ended.</summary>
    public IReadOnlyCollection<int> Pending => _pending;

    /// <summary>
    /// The lowest number of a trial that a worker may claim: pending, held by nobody, and not at a rung; null if none is.
    /// </summary>
    public int? FirstWaiting => _waiting.Count > 0 ? _waiting.Min : null;

    /// <summary>The numbers of the trials that a worker holds.</summary>
    public IReadOnlyCollection<int> Held => _held;

    /// <summary>The lowest number that no trial has.</summary>
    public int FirstFree { get; private set; }

    /// <summary>The trial of a number, or null.</summary>
    public TrialRecord? Find(int number) => _trials.GetValueOrDefault(number);

    /// <summary>
    /// The trials below a number as a sampler may know them: what came of those below a horizon, and the others as pending.
    /// </summary>
    /// <param name="number">The number of the trial to propose.</param>
    /// <param name="horizon">From this number on, trials count as pending, whatever came of them.</param>
    public ValueList<Observation> Observed(int number, int horizon)
    {
        Observation[] observed = new Observation[Math.Min(number, FirstFree)];
        for (int i = 0; i < observed.Length; i++)
        {
            observed[i] = i >= horizon ? _observed[i].AsPending()
                : _observed[i].State == TrialState.Pruned ? Estimated(i, horizon) : _observed[i];
        }
        return [.. observed];
    }

    // Kept for the horizon of one batch, below which nothing changes any more; in a free-running study everything may.
    private Observation Estimated(int number, int horizon)
    {
        int since = _header.Width is null ? Length : horizon;
        if (_estimates.Since != since)
            _estimates = (since, []);
        if (_estimates.Known.TryGetValue(number, out Observation? known))
            return known;
        ValueList<double>? values = PrunedEstimate.Of(_header.CurveOf(_trials[number]),
            _trials.Values.TakeWhile(trial => trial.Number < horizon).Where(trial => trial.State == TrialState.Completed)
                .Select(_header.CurveOf));
        return _estimates.Known[number] = values is null ? _observed[number] : _observed[number] with { Values = values };
    }

    /// <summary>Adds the next fact.</summary>
    /// <param name="logged">The fact; its position is <see cref="Length"/>.</param>
    /// <exception cref="InvalidDataException">It cannot follow the facts before it.</exception>
    public void Apply(LoggedFact logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        if (Fault(logged) is { } fault)
            throw new InvalidDataException($"fact {logged.Position} of the log cannot be: {fault}.");
        TrialRecord record = After(logged);
        int number = record.Number;
        _trials[number] = record;
        _observed[number] = _header.Observed(record);
        bool pending = record.State == TrialState.Pending;
        Keep(_pending, number, pending);
        Keep(_held, number, pending && record.IsHeld);
        Keep(_waiting, number, pending && !record.IsHeld && record.PausedAt is null);
        while (_trials.ContainsKey(FirstFree))
            FirstFree++;
        Length++;
    }

    private static void Keep(SortedSet<int> numbers, int number, bool within)
    {
        if (within)
            numbers.Add(number);
        else
            numbers.Remove(number);
    }

    private TrialRecord After(LoggedFact logged) => logged.Fact switch
    {
        TrialAsked asked => Asked(asked, logged.Time),
        // Whoever goes on from a rung was promoted there, also where that line of a file was damaged.
        TrialClaimed claimed => Of(claimed) is var trial ? trial with
        {
            Attempts = claimed.Attempt,
            Worker = claimed.Worker,
            Claimed = logged.Time,
            IsHeld = true,
            PromotedFrom = trial.PausedAt ?? trial.PromotedFrom,
            PausedAt = null,
        } : trial,
        TrialReported reported => Of(reported) is var trial
            ? trial with { Reports = [.. trial.Reports, new TrialReport(reported.Step, reported.Measures)], Losses = 0 } : trial,
        TrialReleased released => Of(released) is var trial ? trial with
        {
            IsHeld = false,
            // Who lets go of it may come after those who decided.
            PausedAt = released.Cause == ReleaseCause.Paused && !(trial.PromotedFrom >= released.Step) ? released.Step : null,
            Failures = trial.Failures + (released.Cause == ReleaseCause.Failed ? 1 : 0),
            Losses = trial.Losses + (released.Cause == ReleaseCause.Lost ? 1 : 0),
        } : trial,
        TrialPromoted promoted => Of(promoted) is var trial ? trial with
        {
            PromotedFrom = promoted.Step,
            PausedAt = trial.PausedAt == promoted.Step ? null : trial.PausedAt,
        } : trial,
        TrialPruned pruned => Of(pruned) with
        {
            State = TrialState.Pruned,
            PruningReason = pruned.Reason,
            PausedAt = null,
            IsHeld = false,
            Finished = logged.Time,
        },
        TrialTold told => Of(told) with
        {
            State = TrialState.Completed,
            Outcome = told.Outcome,
            IsHeld = false,
            Finished = logged.Time,
        },
        TrialFailed failed => Of(failed) with
        {
            State = TrialState.Failed,
            FailureReason = failed.Reason,
            IsHeld = false,
            Finished = logged.Time,
        },
        TrialRefused refused => Of(refused),
        _ => throw new InvalidDataException($"fact {logged.Position} of the log is of an unknown kind."),
    };

    /// <summary>A fact in the next place, which it can have.</summary>
    /// <param name="fact">The fact.</param>
    /// <param name="time">When it happens, UTC.</param>
    /// <exception cref="InvalidOperationException">It cannot follow the facts before it.</exception>
    public LoggedFact Next(StudyFact fact, DateTimeOffset time)
    {
        LoggedFact logged = new(Length, time, fact);
        return Fault(logged) is not { } fault ? logged
            : throw new InvalidOperationException($"a fact must follow those before it, but {fault}.");
    }

    /// <summary>Why a fact cannot be the next one, as the end of a sentence; null when it can.</summary>
    /// <param name="logged">The fact.</param>
    public string? Fault(LoggedFact logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        StudyFact fact = logged.Fact;
        if (logged.Position != Length)
            return $"it has position {logged.Position} where {Length} is next";
        if (fact.Trial < 0)
            return $"its trial has the number {fact.Trial}";
        TrialRecord? trial = Find(fact.Trial);
        if (fact is TrialAsked)
            return trial is null ? Fault((fact as TrialAsked)?.Outcome) : $"trial {fact.Trial} was asked before";
        if (trial is null)
            return $"trial {fact.Trial} was never asked";
        if (fact is TrialRefused)
            return null;
        if (trial.State != TrialState.Pending)
            return $"trial {fact.Trial} had ended";
        if (fact.ClaimsBefore is { } claims && claims != trial.Attempts)
            return $"attempt {(fact is TrialClaimed claim ? claim.Attempt : claims)} of trial {fact.Trial} cannot follow "
                + $"{Quantity.Of(trial.Attempts, "attempt")}";
        if (fact is AttemptFact && !trial.IsHeld)
            return $"nobody held trial {fact.Trial}";
        if (fact is TrialReported { Step: var step } && trial.Find(step) is not null)
            return $"step {step} of trial {fact.Trial} was reported before";
        if (((fact as TrialPromoted)?.Step ?? (fact as TrialPruned)?.Step) is { } decided
            && (trial.Find(decided) is null || trial.PromotedFrom >= decided))
            return $"step {decided} of trial {fact.Trial} was not reported, or decided before";
        return Fault((fact as TrialTold)?.Outcome);
    }

    private string? Fault(TrialOutcome? outcome) =>
        outcome?.ProblemsFor(_header.Objectives, _header.Constraints).FirstOrDefault()?.ToString().TrimEnd('.');

    /// <summary>
    /// The trials and what came of them as one text, without times, workers and attempts: equal for one worker and eight, for a study that
    /// was killed and one that was not.
    /// </summary>
    public string Text() => string.Join('\n', _trials.Values.Select(trial => JsonSerializer.Serialize(trial.WithoutTimes(), TextOptions)));

    private static readonly JsonSerializerOptions TextOptions = new(DescriptionJson.MemoryOptions) { WriteIndented = false };

    private static TrialRecord Asked(TrialAsked asked, DateTimeOffset time) => new()
    {
        Number = asked.Trial,
        Point = asked.Point,
        Values = asked.Values,
        Spec = asked.Spec,
        SpecFingerprint = asked.SpecFingerprint,
        Identity = asked.Identity,
        IsGiven = asked.IsGiven,
        Started = time,
        Outcome = asked.Outcome,
        State = asked.Outcome is null ? TrialState.Pending : TrialState.Completed,
        Finished = asked.Outcome is null ? null : time,
    };

    private TrialRecord Of(StudyFact fact) => _trials[fact.Trial];
}
