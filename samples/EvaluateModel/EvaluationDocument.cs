using System.Text.Json;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>The JSON this program writes; its schema is docs/evaluation.schema.json.</summary>
public static class EvaluationDocument
{
    /// <summary>The version of the format. A field that is added keeps it, one that changes its meaning raises it.</summary>
    public const int Version = 1;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n" };

    /// <summary>The document of a result.</summary>
    public static string Of(INetworkSpec network, RobustnessResult result) => JsonSerializer.Serialize(new
    {
        Version,
        Network = network.Name,
        Threat = new { result.Threat!.Norm, result.Threat.Epsilon },
        Seed = result.Seed.Value,
        result.BlockSize,
        result.Images,
        Clean = Accuracy(result.Clean),
        Robust = Accuracy(result.Robust),
        Classes = result.Classes.Select(tally => new { tally.Label, tally.Name, Clean = Accuracy(tally.Clean), Robust = Accuracy(tally.Robust) }),
        Attacks = result.Attacks.Select(attack => new { attack.Name, attack.CorrectBefore, attack.CorrectAfter, Seconds = attack.Duration.TotalSeconds }),
        Examples = result.Examples.Select(example => new { example.Index, example.Label, example.CleanPrediction, example.Robust, example.BrokenBy }),
    }, Options) + "\n";

    private static object Accuracy(Proportion proportion) => new { Correct = proportion.Hits, proportion.Total, proportion.Low, proportion.High };
}
