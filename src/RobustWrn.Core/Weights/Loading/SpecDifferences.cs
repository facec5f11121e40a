using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// In what the network that a file was written from differs from the one it is loaded into, as far as names and shapes do not show it.
/// </summary>
internal static class SpecDifferences
{
    // Classes may differ where the last layer is skipped; dropout and the start of new weights decide no logits; normalisation is looked at
    // on its own.
    private static readonly string[] Free = ["classes", "dropout", "zeroInitResidual", "normalization"];
    private static readonly string[] OfTraining = ["momentum"];
    private const int LongestValue = 60;

    public static IEnumerable<ConventionDifference> Between(INetworkSpec stored, INetworkSpec here) =>
        Compare("", DescriptionJson.ToNode(stored, DescriptionJson.MemoryOptions), DescriptionJson.ToNode(here, DescriptionJson.MemoryOptions));

    private static IEnumerable<ConventionDifference> Compare(string path, JsonNode? there, JsonNode? here)
    {
        if (there is JsonObject stored && here is JsonObject own && (string?)stored["type"] == (string?)own["type"])
        {
            return stored.Select(pair => pair.Key).Union(own.Select(pair => pair.Key)).Where(name => !Free.Contains(name))
                .SelectMany(name => Compare(path.Length == 0 ? name : $"{path}.{name}", stored[name], own[name]));
        }
        if (there is JsonArray first && here is JsonArray second && first.Count == second.Count)
            return Enumerable.Range(0, first.Count).SelectMany(i => Compare($"{path}[{i}]", first[i], second[i]));
        return JsonNode.DeepEquals(there, here) ? [] : [Difference(path, there, here)];
    }

    private static ConventionDifference Difference(string path, JsonNode? there, JsonNode? here) =>
        new($"the file was written from a spec with {path} {Text(there)}, the spec here has {Text(here)}",
            !OfTraining.Contains(path[(path.LastIndexOf('.') + 1)..]));

    private static string Text(JsonNode? node)
    {
        string text = node is JsonObject { Count: 1 } single && single["type"] is { } type ? type.ToString() : node?.ToJsonString()
            ?? "none";
        return text.Length <= LongestValue ? text : text[..LongestValue] + "...";
    }
}
