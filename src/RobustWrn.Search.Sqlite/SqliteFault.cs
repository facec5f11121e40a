using Microsoft.Data.Sqlite;

namespace RobustWrn.Search.Sqlite;

/// <summary>Errors of SQLite as the exceptions that stores throw, with the remedy.</summary>
internal static class SqliteFault
{
    // The primary result codes of SQLite's documentation.
    private const int Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    public static Exception Of(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        Busy or Locked => new IOException($"{path} must be free for a moment, but another process kept it locked for a minute. Wait until "
            + "that ends, or end it.", e),
        ReadOnly => new IOException($"{path} must be writable, with the folder it is in, but is not. Change its rights, or choose another "
            + "file.", e),
        Full => new IOException($"{path} cannot grow, since the disk is full. Make room and run again: what was told is kept.", e),
        CannotOpen => new IOException($"{path} cannot be opened. See to the rights of the file and of its folder.", e),
        Corrupt => new InvalidDataException($"{path} is damaged so that SQLite cannot read it. Restore it from a copy or an export, or "
            + "choose another file.", e),
        NotADatabase => new InvalidDataException($"{path} must be a study, but is no database of SQLite. Choose another file.", e),
        IoError => new IOException($"{path} cannot be read or written: {e.Message.TrimEnd('.')}.", e),
        _ => new IOException($"{path}: {e.Message.TrimEnd('.')}.", e),
    };
}
