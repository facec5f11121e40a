using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>What the documents of this program have in common.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" };

    public static string Write(object document) => JsonSerializer.Serialize(document, Options) + "\n";

    public static JsonNode? Node(IDescription description) => JsonNode.Parse(DescriptionJson.Write(description));

    public static object Accuracy(Proportion proportion) => new { Correct = proportion.Hits, proportion.Total, proportion.Low, proportion.High };
}
