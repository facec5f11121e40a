using System.Text.Json;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace DescribeArchitecture;

/// <summary>The JSON this program prints. Bytes are those of float32 features for one image.</summary>
public static class DescriptionDocument
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>The document of a network and those it is compared with.</summary>
    public static string Of(NetworkDescription network, IReadOnlyList<NetworkDescription> others) => JsonSerializer.Serialize(Network(network, others.Count == 0 ? null : others), Options);

    private static object Network(NetworkDescription network, IReadOnlyList<NetworkDescription>? others) => new
    {
        network.Name,
        Input = new[] { network.InputChannels, network.Height, network.Width },
        network.Classes,
        network.Cost.Parameters,
        Macs = network.Cost.MultiplyAdds,
        ActivationBytes = new { Training = network.Cost.TrainingActivationBytes(1), Attack = network.Cost.AttackActivationBytes(1) },
        Stages = network.Cost.Parts.Select(part => new
        {
            part.Name,
            part.Blocks,
            part.Channels,
            Resolution = new[] { part.Height, part.Width },
            part.Parameters,
            Macs = part.MultiplyAdds,
            ActivationBytes = new { Training = sizeof(float) * part.TrainingActivations, Attack = sizeof(float) * part.AttackActivations },
        }),
        Compare = others?.Select(other => Network(other, null)),
    };
}
