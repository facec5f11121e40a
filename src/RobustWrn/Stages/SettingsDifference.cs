using System.Text.Json.Nodes;

namespace RobustWrn;

/// <summary>What differs between two JSON documents, one line a value.</summary>
internal static class SettingsDifference
{
    public static IEnumerable<string> Between(JsonNode? recorded, JsonNode? asked, string path = "")
    {
        if (JsonNode.DeepEquals(recorded, asked))
            return [];
        if (recorded is JsonObject left && asked is JsonObject right)
            return left.Select(item => item.Key).Union(right.Select(item => item.Key))
                .SelectMany(key => Between(left[key], right[key], path.Length == 0 ? key : $"{path}.{key}"));
        if (recorded is JsonArray before && asked is JsonArray after && before.Count == after.Count)
            return Enumerable.Range(0, before.Count).SelectMany(i => Between(before[i], after[i], $"{path}[{i}]"));
        return [$"{path}: recorded {Text(recorded)}, asked for {Text(asked)}"];
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() is { } text ? (text.Length > 80 ? text[..77] + "..." : text) : "nothing";
}
