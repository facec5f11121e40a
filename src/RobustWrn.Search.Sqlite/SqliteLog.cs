using Microsoft.Extensions.Logging;

namespace RobustWrn.Search.Sqlite;

/// <summary>The messages of this assembly.</summary>
internal static partial class SqliteLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The header in {File} is not what was written, and is written again for the study "
        + "asked for, of which its facts are.")]
    public static partial void DamagedHeader(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Fact {Position} of {File} is not believed ({Reason}).")]
    public static partial void DamagedFact(ILogger logger, long position, string file, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is written again without the facts that are not believed; what they were "
        + "about is tried again. The file as it was is {Aside}.")]
    public static partial void DamagedFile(ILogger logger, string file, string aside);
}
