using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// The spec beside weights, held against them before anything is built: a file of a few numbers must not make a network of billions.
/// </summary>
internal static class StoredSpec
{
    private const int LongestText = 1 << 16, AnyNumber = 10_000, Side = 32;

    // A layer takes about 8 kB as modules and tensors, however few numbers it has; a file may make a network of 16 times its bytes (16 MiB
    // for small ones).
    private const long LayerBytes = 1 << 13, Least = 1 << 24, Factor = 16;

    // What a checkpoint of a training says of it; the network stands in its identity.
    private const string CheckpointKey = "robustwrn.checkpoint";

    /// <summary>The spec that a file carries, for comparison only; null where there is none that can be read.</summary>
    public static INetworkSpec? Known(IReadOnlyDictionary<string, string> texts)
    {
        try
        {
            string? json = texts.GetValueOrDefault(NetworkWeights.SpecKey) ?? OfCheckpoint(texts.GetValueOrDefault(CheckpointKey));
            return json is null || json.Length > LongestText ? null : DescriptionJson.Read<INetworkSpec>(json, "its spec");
        }
        catch (Exception e) when (e is InvalidDataException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? OfCheckpoint(string? document) =>
        document is null ? null : JsonNode.Parse(document)?["identity"]?["network"]?.ToJsonString();

    /// <summary>The spec, of a network that has no more parameters than the file has numbers.</summary>
    /// <param name="json">The text in the file.</param>
    /// <param name="file">The file.</param>
    /// <param name="entry">The entry with the weights; null for the usual one.</param>
    public static INetworkSpec Read(string json, WeightsFile file, string? entry)
    {
        (string path, long held, int tensors) = (file.Path, file.Numbers(entry), file.Stored(entry).Tensors.Count);
        if (json.Length > LongestText || LargestNumber(json) > Math.Max(AnyNumber, held))
            throw new WeightsFileException(path, $"carries a spec that cannot be that of its {Quantity.Of(held, "weight")}.");
        try
        {
            INetworkSpec spec = DescriptionJson.Read<INetworkSpec>(json, "its spec");
            if (spec.Problems().ToArray() is [Problem first, ..])
                throw new WeightsFileException(path, $"carries a spec that cannot be built: {first}");
            int side = Math.Max(Side, spec.SmallestSide);
            NetworkCost cost = spec.Cost(side, side);
            if (cost.Parameters > held)
                throw new WeightsFileException(
                    path, $"carries the spec of a network of {Quantity.Of(cost.Parameters, "parameter")}, but only {Quantity.Of(held, "weight")}.");
            if (cost.Layers > tensors)
                throw new WeightsFileException(
                    path, $"carries the spec of a network of {Quantity.Of(cost.Layers, "layer")} with weights, but only {tensors} tensors.");
            if (cost.Layers * LayerBytes > Math.Max(Least, Factor * file.Length))
                throw new WeightsFileException(
                    path, $"carries the spec of a network of {Quantity.Of(cost.Layers, "layer")}, which take more memory than {Factor} times its "
                    + $"{Quantity.Of(file.Length, "byte")}: it is damaged.");
            return spec;
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException or ArgumentException)
        {
            throw new WeightsFileException(path, $"carries a spec that cannot be read: {e.Message}");
        }
    }

    // Depths, widths and classes of a network are smaller than the number of its weights; tiny networks may have other numbers that are
    // not.
    private static double LargestNumber(string json)
    {
        double largest = 0;
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(json));
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double number))
                    largest = Math.Max(largest, number);
            }
        }
        catch (JsonException)
        {
            // Said by the reader of specs, in its own words.
        }
        return largest;
    }
}
