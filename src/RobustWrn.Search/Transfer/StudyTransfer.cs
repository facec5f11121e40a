using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Whole studies from one store into another, and as one file of JSON: header and log, times and all.</summary>
public static class StudyTransfer
{
    private static readonly SealedFile<StudyExport> File = new("export of a study", version: 1);

    /// <summary>Reads what a store holds, which no study uses meanwhile unless the store is shared.</summary>
    /// <param name="store">The store; it is opened and disposed.</param>
    /// <param name="header">Any header; that of the stored study counts.</param>
    public static StudyExport Read(IStudyStore store, StudyHeader header)
    {
        ArgumentNullException.ThrowIfNull(store);
        using (store)
        {
            StudyHeader kept = store.Open(header);
            return new StudyExport(kept, store.Read(0));
        }
    }

    /// <summary>Fills an empty store.</summary>
    /// <param name="export">The study.</param>
    /// <param name="store">The store; it is disposed.</param>
    /// <exception cref="IOException">The store holds a study, or cannot be written.</exception>
    /// <exception cref="InvalidDataException">The facts are none of such a study.</exception>
    public static void Fill(StudyExport export, IStudyStore store)
    {
        ArgumentNullException.ThrowIfNull(export);
        ArgumentNullException.ThrowIfNull(store);
        using (store)
        {
            StudyLog log = new(export.Header);
            foreach (LoggedFact fact in export.Facts)
                log.Apply(fact);
            store.Fill(export.Header, export.Facts);
        }
    }

    /// <summary>Writes a file, sealed with a checksum.</summary>
    public static void WriteJson(StudyExport export, string path) => File.Write(path, export);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not what was written, or of a newer version.</exception>
    public static StudyExport ReadJson(string path) => File.TryRead(path, out StudyExport? export, out string? fault) ? export
        : throw new InvalidDataException($"{path} must be an export of a study, but {fault}.");
}
