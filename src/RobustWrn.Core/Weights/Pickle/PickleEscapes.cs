using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>Texts of protocol 0, which are written as lines.</summary>
internal static partial class PickleEscapes
{
    /// <summary>The repr of a Python 2 string, with its quotes.</summary>
    public static string OfString(string line) =>
        line.Length >= 2 && line[0] == line[^1] && line[0] is '\'' or '"' ? Escape().Replace(line[1..^1], match => match.Value[1] switch
        {
            'x' or 'u' or 'U' when match.Length > 2 => Character(match.ValueSpan[2..]),
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            char other => other.ToString(),
        }) : line;

    /// <summary>Raw Unicode escapes: \u and \U only.</summary>
    public static string OfUnicode(string line) => Escape().Replace(line, match => match.Length > 4 ? Character(match.ValueSpan[2..]) : match.Value);

    private static string Character(ReadOnlySpan<char> digits)
    {
        uint code = uint.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return code <= 0xFFFF ? ((char)code).ToString() : code <= 0x10FFFF ? char.ConvertFromUtf32((int)code) : "\uFFFD";
    }

    [GeneratedRegex(@"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)")]
    private static partial Regex Escape();
}
