using System.Text;
using System.Text.Json;

namespace RobustWrn.Core;

/// <summary>The spec beside weights, held against them before anything is built: a file of a few numbers must not make a network of billions.</summary>
internal static class StoredSpec
{
    private const int LongestText = 1 << 16, AnyNumber = 10_000, Side = 32;

    /// <summary>The spec, of a network that has no more parameters than the file has numbers.</summary>
    /// <param name="json">The text in the file.</param>
    /// <param name="held">How many numbers the file's tensors have.</param>
    /// <param name="path">The file.</param>
    public static INetworkSpec Read(string json, long held, string path)
    {
        if (json.Length > LongestText || LargestNumber(json) > Math.Max(AnyNumber, held))
            throw new WeightsFileException(path, $"carries a spec that cannot be that of its {held} weights.");
        try
        {
            INetworkSpec spec = DescriptionJson.Read<INetworkSpec>(json, "its spec");
            if (spec.Problems().ToArray() is [Problem first, ..])
                throw new WeightsFileException(path, $"carries a spec that cannot be built: {first}");
            int side = Math.Max(Side, spec.SmallestSide);
            long parameters = spec.Cost(side, side).Parameters;
            return parameters <= held ? spec : throw new WeightsFileException(path, $"carries the spec of a network of {parameters} parameters, but only {held} weights.");
        }
        catch (Exception e) when (e is InvalidDataException or OverflowException or ArgumentException)
        {
            throw new WeightsFileException(path, $"carries a spec that cannot be read: {e.Message}");
        }
    }

    // Depths, widths and classes of a network are smaller than the number of its weights; tiny networks may have other numbers that are not.
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
