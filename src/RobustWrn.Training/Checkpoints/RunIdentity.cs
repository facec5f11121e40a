using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>All that decides the outcome of a training, as JSON: two runs with equal identities end in the same weights.</summary>
/// <param name="document">An object with one property for each part.</param>
internal sealed class RunIdentity(JsonObject document)
{
    public JsonObject Document { get; } = document;

    public static RunIdentity Of(IRobustObjective objective, TrainingRecipe recipe, INetworkSpec network, ThreatModel threat, TrainingSplits data, Seed seed, string initialWeights, string dtype)
    {
        JsonObject document = new()
        {
            ["objective"] = Node(objective),
            ["recipe"] = Node(recipe),
            ["network"] = Node(network),
            ["threat"] = Node(threat),
            ["seed"] = seed.Value,
            ["trainingImages"] = data.Train.Fingerprint,
            ["validationImages"] = data.Validation.Fingerprint,
            ["initialWeights"] = initialWeights,
            ["dtype"] = dtype,
        };
        if (data.Extra is { } extra)
            document["extraImages"] = extra.Fingerprint;
        return new RunIdentity(document);
    }

    /// <summary>What differs, one line each: where, what the other has, what this one has.</summary>
    public IReadOnlyList<string> DifferencesFrom(RunIdentity other)
    {
        SortedDictionary<string, string> mine = Leaves(Document), theirs = Leaves(other.Document);
        return [.. mine.Keys.Union(theirs.Keys).Order(StringComparer.Ordinal)
            .Where(path => mine.GetValueOrDefault(path) != theirs.GetValueOrDefault(path))
            .Select(path => $"{path}: {theirs.GetValueOrDefault(path, "nothing")} there, {mine.GetValueOrDefault(path, "nothing")} here")];
    }

    private static JsonNode? Node(IDescription description) => JsonNode.Parse(DescriptionJson.Canonical(description));

    private static SortedDictionary<string, string> Leaves(JsonNode? root)
    {
        SortedDictionary<string, string> leaves = new(StringComparer.Ordinal);
        Visit(root, "");
        return leaves;

        void Visit(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject item:
                    foreach ((string name, JsonNode? value) in item)
                        Visit(value, path.Length == 0 ? name : $"{path}.{name}");
                    break;
                case JsonArray { Count: > 0 } array:
                    for (int i = 0; i < array.Count; i++)
                        Visit(array[i], $"{path}[{i}]");
                    break;
                default:
                    leaves[path] = node?.ToJsonString(DescriptionJson.Options) ?? "null";
                    break;
            }
        }
    }
}
