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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Line {Line} of {File} was cut off when it was written and never counted; it is "
        + "taken away.")]
    public static partial void CutLine(ILogger logger, string file, int line);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Line {Line} of {File} is not believed ({Reason}).")]
    public static partial void DamagedLine(ILogger logger, string file, int line, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is written again without the lines that are not believed; what they were "
        + "about is tried again. The log as it was is {Aside}.")]
    public static partial void DamagedLog(ILogger logger, string file, string aside);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is missing beside the header of its study; the study begins anew.")]
    public static partial void LostLog(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "It could not be noted that trial {Trial} is at work: {Reason}")]
    public static partial void BeatNotKept(ILogger logger, int trial, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} was taken from attempt {Attempt}, which was not heard of in time; "
        + "what it finds is not taken.")]
    public static partial void LostClaim(ILogger logger, int trial, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Trial {Trial} has no record, though later ones do; it will be tried again.")]
    public static partial void LostTrial(ILogger logger, int trial);
}
