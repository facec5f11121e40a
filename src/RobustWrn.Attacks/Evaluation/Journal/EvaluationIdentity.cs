using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>All that decides the outcome of an evaluation, as JSON: a journal goes on only with the same.</summary>
internal static class EvaluationIdentity
{
    public static JsonObject Of(nn.Module model, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions options) => new()
    {
        ["model"] = Weights(model),
        ["images"] = images.Fingerprint,
        ["count"] = images.Count,
        ["threat"] = Node(threat),
        ["suite"] = Node(suite),
        ["seed"] = options.Seed.Value,
        ["blockSize"] = options.BlockSize,
        ["keepsImages"] = options.KeepAdversarialImages,
    };

    /// <summary>SHA-256 over names, types, shapes and bytes of parameters and buffers, in the order of their names.</summary>
    private static string Weights(nn.Module model)
    {
        using IDisposable guard = no_grad();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in model.state_dict().OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using DisposeScope scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {tensor.dtype} {string.Join('x', tensor.shape)}\n"));
            if (tensor.numel() > 0)
                hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static JsonNode? Node(IDescription description) => JsonNode.Parse(DescriptionJson.Canonical(description));
}
