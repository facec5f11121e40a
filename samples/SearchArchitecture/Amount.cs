using System.Globalization;
using System.Text.RegularExpressions;

namespace SearchArchitecture;

/// <summary>Numbers and times as people write them: <c>4M</c>, <c>5.2G</c>, <c>80%</c>, <c>90m</c>, <c>8h</c>.</summary>
internal static partial class Amount
{
    /// <summary>A finite number with an optional unit: %, k, M, G or T.</summary>
    public static bool TryParse(string text, out double number)
    {
        Match match = Number().Match(text);
        number = match.Success
            ? Value(match) * Unit(match.Groups[2].Value)
            : double.NaN;
        return double.IsFinite(number);
    }

    /// <summary>A time above zero with its unit: s, m, h or d.</summary>
    public static bool TryParse(string text, out TimeSpan time)
    {
        Match match = Time().Match(text);
        double seconds = match.Success ? Value(match) * Seconds(match.Groups[2].Value[0]) : double.NaN;
        bool fits = seconds > 0 && seconds < TimeSpan.MaxValue.TotalSeconds;
        time = fits ? TimeSpan.FromSeconds(seconds) : default;
        return fits;
    }

    private static double Value(Match match) => double.Parse(match.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static double Unit(string unit) => unit switch { "%" => 0.01, "k" or "K" => 1e3, "M" => 1e6, "G" => 1e9, "T" => 1e12, _ => 1 };

    private static int Seconds(char unit) => unit switch { 'd' => 86_400, 'h' => 3_600, 'm' => 60, _ => 1 };

    [GeneratedRegex(@"^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?) ?([%kKMGT]?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^(\d*\.?\d+) ?([smhd])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Time();
}
