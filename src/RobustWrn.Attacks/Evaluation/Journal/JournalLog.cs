using Microsoft.Extensions.Logging;

namespace RobustWrn.Attacks;

/// <summary>What a journal says about itself.</summary>
internal static partial class JournalLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is damaged in line {Line}: that line and the {After} after it are not "
        + "believed, and what they stood for is computed again.")]
    public static partial void Damaged(ILogger logger, string file, int line, int after);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is not believed ({Reason}): the attack is run again.")]
    public static partial void LostImages(ILogger logger, string file, string reason);
}
