using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Where the log of a study is kept. Used by one study at a time, which may call it from several threads, one after another; disposing
/// releases it, after which it can be opened again.
/// </summary>
public interface IStudyStore : IDisposable
{
    /// <summary>Takes the store for one study; begins the study in an empty store.</summary>
    /// <param name="header">What the study is; kept where the store holds no other.</param>
    /// <returns>The header of the stored study, which may be another than the one asked for.</returns>
    /// <exception cref="IOException">Another study uses the store, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is of a newer version, or which study the store holds is lost and is not the one asked for.
    /// </exception>
    StudyHeader Open(StudyHeader header);

    /// <summary>The facts from a position on, in their order.</summary>
    /// <param name="from">The position of the first, from 0.</param>
    ValueList<LoggedFact> Read(int from);

    /// <summary>
    /// Appends a fact if the log has a length still, in full or not at all. The store's own clock says when that was.
    /// </summary>
    /// <param name="length">The number of facts that the caller knows.</param>
    /// <param name="fact">The fact.</param>
    /// <returns>The fact in its place; null when the log is longer by now: read on and think again.</returns>
    /// <exception cref="IOException">It cannot be kept.</exception>
    LoggedFact? TryAppend(int length, StudyFact fact);
}
