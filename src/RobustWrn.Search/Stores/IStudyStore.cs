namespace RobustWrn.Search;

/// <summary>
/// Where a study is kept. Used by one study at a time, from one thread at a time; disposing releases it, after which it can be opened again.
/// </summary>
public interface IStudyStore : IDisposable
{
    /// <summary>Takes the store for one study and reads what it holds.</summary>
    /// <returns>The header and the trials in the order of their numbers; null when nothing was stored yet.</returns>
    /// <exception cref="IOException">Another study uses the store, or it cannot be read.</exception>
    /// <exception cref="InvalidDataException">The header is damaged or of a newer version.</exception>
    StoredStudy? Open();

    /// <summary>Begins a study in an empty store.</summary>
    /// <param name="header">What the study is.</param>
    void Create(StudyHeader header);

    /// <summary>Keeps a trial, in full or not at all; replaces the record with the same number.</summary>
    /// <param name="trial">The trial.</param>
    void Append(TrialRecord trial);
}
