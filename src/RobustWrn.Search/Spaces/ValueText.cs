using System.Text.Encodings.Web;
using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The canonical text of a dimension's value: what fingerprints, records and tables show of it.</summary>
internal static class ValueText
{
    // Fields and get-only properties are written too: tuples and anonymous types must not all read "{}".
    private static readonly JsonSerializerOptions Options = new(DescriptionJson.MemoryOptions)
    {
        WriteIndented = false,
        IncludeFields = true,
        IgnoreReadOnlyProperties = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of<T>(T value) => value switch
    {
        string text => text,
        IDescription description => DescriptionJson.Canonical(description),
        _ => JsonSerializer.Serialize(value, Options),
    };

    /// <summary>The text of the value at a place in its list, and why it has none.</summary>
    public static (string Text, string? Flaw) Shown<T>(T value, int place)
    {
        try
        {
            return (Of(value), null);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return ($"value {place}", $"value {place} has no JSON text, so that a study could not record it: {e.Message}");
        }
    }
}
