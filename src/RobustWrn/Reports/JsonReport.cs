using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// The whole result as JSON; <see cref="ExperimentResult.Read"/> reads it back. It is sealed twice (<see cref="SealedJson"/>): the timing,
/// which differs from run to run, has a sum of its own, and the sum at the end is over the rest, so that equal results have equal sums.
/// </summary>
public sealed record JsonReport : IReport
{
    private const string Timing = "timing";

    /// <inheritdoc/>
    public string Render(ExperimentResult result)
    {
        JsonObject document = JsonSerializer.SerializeToNode(result, DescriptionJson.Options)!.AsObject();
        JsonObject timing = document[Timing]!.AsObject();
        document.Remove(Timing);
        document = SealedJson.Seal(document);
        document[Timing] = SealedJson.Seal(timing);
        return document.ToJsonString(DescriptionJson.Options) + "\n";
    }

    /// <summary>A document as it was before it was sealed.</summary>
    /// <exception cref="InvalidDataException">It was changed since.</exception>
    internal static JsonObject Open(JsonObject document)
    {
        if (document[Timing] is not JsonObject timing)
            throw new InvalidDataException("it has no timing");
        document.Remove(Timing);
        SealedJson.Open(document)[Timing] = SealedJson.Open(timing);
        return document;
    }
}
