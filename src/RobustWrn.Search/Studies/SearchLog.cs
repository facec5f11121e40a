using Microsoft.Extensions.Logging;

namespace RobustWrn.Search;

/// <summary>The messages of this assembly.</summary>
internal static partial class SearchLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Study resumed: {Trials} trials stored, {Interrupted} of them interrupted and handed out again first.")]
    public static partial void Resumed(ILogger logger, int trials, int interrupted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is not believed ({Reason}). It was moved to {Aside}; its trial will be "
        + "tried again.")]
    public static partial void DamagedTrial(ILogger logger, string file, string reason, string aside);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is not believed ({Reason}), and is written again for the study asked for. "
        + "What was there is moved to {Aside}.")]
    public static partial void DamagedHeader(ILogger logger, string file, string reason, string aside);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} has no record, though later ones do; it will be tried again.")]
    public static partial void LostTrial(ILogger logger, int trial);
}
