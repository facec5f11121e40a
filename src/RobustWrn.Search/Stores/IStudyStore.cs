using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Where the log of a study is kept. Each operation happens in full or not at all, and by the store's own clock: no caller says what time
/// it is. May be called from several threads. Disposing releases it, after which it can be opened again.
/// </summary>
public interface IStudyStore : IDisposable
{
    /// <summary>True where several processes may have the store open at once.</summary>
    bool IsShared { get; }

    /// <summary>The silence that a worker is allowed, and the number of times a trial is tried.</summary>
    ClaimRules Rules { get; }

    /// <summary>Takes the store for one study; begins the study in an empty store.</summary>
    /// <param name="header">What the study is; kept where the store holds no other.</param>
    /// <returns>The header of the stored study, which may be another than the one asked for.</returns>
    /// <exception cref="IOException">Another study uses a store that is not shared, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is of a newer version, or which study the store holds is lost and is not the one asked for.
    /// </exception>
    StudyHeader Open(StudyHeader header);

    /// <summary>Fills an empty store with the log of another, with its times, and releases it.</summary>
    /// <param name="header">What the study is.</param>
    /// <param name="facts">Its facts, each of which follows from those before it.</param>
    /// <exception cref="IOException">The store is open, holds a study already, or cannot be written.</exception>
    void Fill(StudyHeader header, ValueList<LoggedFact> facts);

    /// <summary>The facts from a position on, in their order.</summary>
    /// <param name="from">The position of the first, from 0.</param>
    ValueList<LoggedFact> Read(int from);

    /// <summary>Appends a fact if the log has a length still: what was computed from the log at that length.</summary>
    /// <param name="length">The number of facts that the caller knows.</param>
    /// <param name="fact">The fact; not one that an attempt brings.</param>
    /// <returns>The fact in its place; null when the log is longer by now: read on and think again.</returns>
    /// <exception cref="IOException">It cannot be kept.</exception>
    LoggedFact? TryAppend(int length, StudyFact fact);

    /// <summary>
    /// Claims the lowest trial that waits, after what became of the trials whose workers were lost (<see cref="Claiming.Facts"/>).
    /// </summary>
    /// <param name="worker">The worker (<see cref="WorkerName"/>).</param>
    /// <param name="below">Trials from this number on are not handed out; null is no limit.</param>
    /// <returns>The claim; null when no trial waits.</returns>
    /// <exception cref="IOException">It cannot be kept.</exception>
    TrialClaimed? Claim(string worker, int? below);

    /// <summary>Says that a worker is at work.</summary>
    /// <returns>False where the attempt no longer holds the trial: it must stop at once.</returns>
    /// <exception cref="IOException">It cannot be kept.</exception>
    bool Beat(int trial, int attempt);

    /// <summary>
    /// Appends what an attempt brings (a report, a release, an outcome, a failure) if it holds the trial; if not, that it was refused
    /// (<see cref="Claiming.Guarded"/>).
    /// </summary>
    /// <returns>The fact that was appended: a release may have become the trial's failure, or anything a refusal.</returns>
    /// <exception cref="IOException">It cannot be kept.</exception>
    StudyFact Append(AttemptFact fact);
}
