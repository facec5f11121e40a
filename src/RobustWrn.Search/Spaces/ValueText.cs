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
}
