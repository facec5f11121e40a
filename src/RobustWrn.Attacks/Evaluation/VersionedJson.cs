using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>Reads documents that carry the version of their format.</summary>
internal static class VersionedJson
{
    /// <summary>Reads a document.</summary>
    /// <param name="json">The text.</param>
    /// <param name="current">The newest version this library reads.</param>
    /// <param name="source">Where the text came from, for error messages.</param>
    /// <param name="kind">What it should be: "robustness result".</param>
    /// <exception cref="InvalidDataException">Not such a document, or one of a newer version.</exception>
    public static T Read<T>(string json, int current, string source, string kind)
    {
        try
        {
            using (JsonDocument document = JsonDocument.Parse(json))
            {
                int version = document.RootElement.TryGetProperty("version", out JsonElement value) ? value.GetInt32() : 0;
                if (version < 1 || version > current)
                    throw new InvalidDataException($"{source} has version {version}; this library reads a {kind} of versions 1 to {current}. Use the library that wrote it, or a newer one.");
            }
            return JsonSerializer.Deserialize<T>(json, DescriptionJson.Options)!;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{source} is not a {kind}: {e.Message}", e);
        }
    }
}
