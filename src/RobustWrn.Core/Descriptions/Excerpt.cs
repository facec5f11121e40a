using System.Text;

namespace RobustWrn.Core;

/// <summary>
/// Quotes foreign text in messages: one line, cut with an ellipsis and its length. What a file, a folder or a caller gives may be of any
/// length and hold any character, and a
/// message is read by people.
/// </summary>
public static class Excerpt
{
    /// <summary>Characters that a quotation keeps by default: a line.</summary>
    public const int Line = 100;

    /// <summary>The beginning of a text on one line; control characters are written as <c>\u000A</c>.</summary>
    /// <param name="text">The text; null is an empty one.</param>
    /// <param name="most">Characters kept, at least 1. Default: a line.</param>
    public static string Of(string? text, int most = Line)
    {
        text ??= "";
        string kept = text[..Kept(text, most)];
        return (kept.Any(IsBreaking) ? Escaped(kept) : kept) + Rest(text, most);
    }

    /// <summary>The beginning of a text with its line breaks, for messages of several lines.</summary>
    /// <param name="text">The text; null is an empty one.</param>
    /// <param name="most">Characters kept, at least 1.</param>
    public static string Cut(string? text, int most) =>
        text is null ? "" : text.Length <= most ? text : $"{text.AsSpan(0, Kept(text, most))}{Rest(text, most)}";

    /// <summary>The first entries of a list, each cut to a line.</summary>
    /// <param name="texts">The entries.</param>
    /// <param name="most">Entries kept. Default 10.</param>
    /// <param name="separator">What stands between them. Default: a comma.</param>
    public static string List(IReadOnlyCollection<string> texts, int most = 10, string separator = ", ")
    {
        ArgumentNullException.ThrowIfNull(texts);
        string kept = string.Join(separator, texts.Take(most).Select(text => Of(text)));
        return texts.Count > most ? $"{kept}{separator}... ({texts.Count:N0} in all)" : kept;
    }

    // Not between the two halves of a character.
    private static int Kept(string text, int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return text.Length <= most ? text.Length : char.IsHighSurrogate(text[most - 1]) ? most - 1 : most;
    }

    private static string Rest(string text, int most) => text.Length <= most ? "" : $"... ({text.Length:N0} characters)";

    private static bool IsBreaking(char c) => char.IsControl(c) || c is '\u2028' or '\u2029';

    private static string Escaped(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char c in text)
            escaped.Append(IsBreaking(c) ? $"\\u{(int)c:X4}" : c.ToString());
        return escaped.ToString();
    }
}
