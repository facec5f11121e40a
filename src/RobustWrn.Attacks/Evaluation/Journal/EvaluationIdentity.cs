using System.Text.Json.Nodes;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>All that decides the outcome of an evaluation, as JSON: a journal goes on only with the same.</summary>
internal static class EvaluationIdentity
{
    public static JsonObject Of(nn.Module model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions options) => new()
    {
        ["model"] = Weights(model),
        ["surrogate"] = options.Surrogate is null ? null : Weights(options.Surrogate),
        ["images"] = images.Fingerprint,
        ["count"] = images.Count,
        ["threat"] = Node(threat),
        ["suite"] = Node(suite),
        ["seed"] = options.Seed.Value,
        ["blockSize"] = options.BlockSize,
        ["searchesInBFloat16"] = options.SearchesInBFloat16,
        ["keepsImages"] = options.KeepAdversarialImages,
    };

    private static string Weights(nn.Module model) => TensorHash.Of(model.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal));

    private static JsonNode? Node(IDescription description) => JsonNode.Parse(DescriptionJson.Canonical(description));
}
