using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A fact as a line of JSON, the last of its properties a checksum over the study and the line before it: a damaged line, or one of another
/// study, is not taken for one of this.
/// </summary>
public static class FactLine
{
    private const int ChecksumLength = 16;

    private const string ChecksumStart = ",\"check\":\"", ChecksumEnd = "\"}";

    private static readonly JsonSerializerOptions Options = new(DescriptionJson.Options)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The line of a fact, without its end.</summary>
    /// <param name="fact">The fact in its place.</param>
    /// <param name="study">The study (<see cref="StudyHeader.Fingerprint"/>).</param>
    public static string Of(LoggedFact fact, string study)
    {
        ArgumentNullException.ThrowIfNull(fact);
        string text = JsonSerializer.Serialize(fact, Options)[..^1];
        return $"{text}{ChecksumStart}{Checksum(text, study)}{ChecksumEnd}";
    }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without its end.</param>
    /// <param name="study">The study that it must be of.</param>
    /// <param name="fact">The fact.</param>
    /// <returns>False where it is not what was written for this study.</returns>
    public static bool TryRead(string line, string study, [NotNullWhen(true)] out LoggedFact? fact)
    {
        ArgumentNullException.ThrowIfNull(line);
        fact = null;
        int end = line.Length - ChecksumStart.Length - ChecksumLength - ChecksumEnd.Length;
        if (end < 1 || line[end..] != $"{ChecksumStart}{Checksum(line[..end], study)}{ChecksumEnd}")
            return false;
        try
        {
            fact = JsonSerializer.Deserialize<LoggedFact>($"{line[..end]}}}", Options);
        }
        catch (Exception e) when (
            e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            return false;
        }
        return fact?.Fact is not null;
    }

    private static string Checksum(string text, string study) => DescriptionJson.Fingerprint($"{study}\n{text}")[..ChecksumLength];
}
