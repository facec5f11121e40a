using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Parts of a header as compact JSON: what fingerprints and messages compare.</summary>
internal static class HeaderText
{
    private static readonly JsonSerializerOptions Options = new(DescriptionJson.Options) { WriteIndented = false };

    public static string Of<T>(ValueList<T> parts) => JsonSerializer.Serialize(parts, Options);
}
