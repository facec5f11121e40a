namespace RobustWrn.Search;

/// <summary>
/// Where a study is kept. Used by one study at a time, from one thread at a time; disposing releases it, after which it can be opened
/// again.
/// </summary>
public interface IStudyStore : IDisposable
{
    /// <summary>Takes the store for one study and reads what it holds; begins the study in an empty store.</summary>
    /// <param name="header">What the study is; kept where the store holds no other.</param>
    /// <returns>
    /// The header of the stored study, which may be another than the one asked for, and its trials in the order of their numbers.
    /// </returns>
    /// <exception cref="IOException">Another study uses the store, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is of a newer version, or which study the store holds is lost and is not the one asked for.
    /// </exception>
    StoredStudy Open(StudyHeader header);

    /// <summary>Keeps a trial, in full or not at all; replaces the record with the same number.</summary>
    /// <param name="trial">The trial.</param>
    /// <exception cref="IOException">It cannot be kept.</exception>
    void Append(TrialRecord trial);
}
