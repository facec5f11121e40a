using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustWrn.Search;

/// <summary>A property of one stage or of all of them: <c>stages[^1].width</c>, <c>stages.width</c>.</summary>
/// <param name="Stage">Which one; null: all of them.</param>
/// <param name="Property">The property.</param>
internal sealed partial record StagePath(Index? Stage, string Property)
{
    private const int Longest = 100;

    public static StagePath? Of(string? text)
    {
        if (text is null || text.Length > Longest || Pattern().Match(text) is not { Success: true } match)
            return null;
        Index? stage = match.Groups["stage"] is { Success: true } number
            ? new Index(int.Parse(number.ValueSpan, CultureInfo.InvariantCulture), match.Groups["end"].Length > 0)
            : null;
        return new(stage, match.Groups["property"].Value);
    }

    /// <summary>Tells whether a network of so many stages has it.</summary>
    public bool IsOf(int stages) => Stage is not { } stage || stage.GetOffset(stages) is var at && at >= 0 && at < stages;

    [GeneratedRegex(@"\Astages(\[(?<end>\^?)(?<stage>[0-9]{1,6})\])?\.(?<property>[A-Za-z]+)\z")]
    private static partial Regex Pattern();
}
