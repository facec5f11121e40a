using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A JSON file that says whether it is whole: <c>{"version": 1, "sha256": "...", "content": {...}}</c>, where the sum is that of the content as compact JSON,
/// so that white space and line endings do not matter.
/// </summary>
internal static class SealedFile
{
    private const int Version = 1;

    public static void Write<T>(string path, T content)
    {
        JsonNode node = JsonNode.Parse(JsonSerializer.Serialize(content, DescriptionJson.Options))!;
        JsonObject document = new() { ["version"] = Version, ["sha256"] = SumOf(node), ["content"] = node };
        AtomicFile.WriteText(path, document.ToJsonString(DescriptionJson.Options));
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file is of a newer version.</exception>
    public static bool TryRead<T>(string path, [NotNullWhen(true)] out T? content, [NotNullWhen(false)] out string? damage)
        where T : class
    {
        content = null;
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is not JsonObject document || (int?)document["version"] is not { } version)
            {
                damage = "it has no version";
                return false;
            }
            if (version > Version)
                throw new InvalidDataException($"{path} has version {version}; this library reads version {Version}. Use the library that wrote it, or a newer one.");
            if (document["content"] is not { } node || (string?)document["sha256"] != SumOf(node))
            {
                damage = "its content does not have the SHA-256 it names";
                return false;
            }
            content = node.Deserialize<T>(DescriptionJson.Options);
            damage = content is null ? "it is empty" : null;
            return content is not null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            damage = e.Message;
            return false;
        }
    }

    private static string SumOf(JsonNode content) => DescriptionJson.Fingerprint(content.ToJsonString(JsonTextConverter.Compact));
}
