using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// Says where two JSON documents differ, for messages that refuse to go on with another study, trial, evaluation or experiment.
/// </summary>
public static class JsonDifference
{
    private const int MostLines = 50, MostCharacters = 300;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// One line per difference, the first 50: <c>stages[2].width: stored 256, now 384</c>. Empty when the documents are equal.
    /// </summary>
    /// <param name="stored">The document on disk.</param>
    /// <param name="now">The document asked for.</param>
    public static IReadOnlyList<string> Between(string stored, string now)
    {
        string[] all = [.. Between(JsonNode.Parse(stored), JsonNode.Parse(now), "").Take(MostLines + 1)];
        return all.Length <= MostLines ? all : [.. all[..MostLines], "and more"];
    }

    private static IEnumerable<string> Between(JsonNode? stored, JsonNode? now, string path)
    {
        if (JsonNode.DeepEquals(stored, now))
            return [];
        if (stored is JsonObject left && now is JsonObject right)
            return left.Select(property => property.Key).Union(right.Select(property => property.Key))
                .SelectMany(key => Between(left[key], right[key], path.Length == 0 ? key : $"{path}.{key}"));
        if (stored is JsonArray before && now is JsonArray after)
            return Enumerable.Range(0, Math.Max(before.Count, after.Count))
                .SelectMany(i => Between(i < before.Count ? before[i] : null, i < after.Count ? after[i] : null, $"{path}[{i}]"));
        return [$"{(path.Length == 0 ? "the document" : Excerpt.Of(path, MostCharacters))}: stored {Text(stored)}, now {Text(now)}"];
    }

    private static string Text(JsonNode? node) => node is null ? "nothing" : Excerpt.Of(node.ToJsonString(Compact), MostCharacters);
}
