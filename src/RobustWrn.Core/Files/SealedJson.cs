using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// JSON objects that say whether they are whole: their property <c>sha256</c> is the SHA-256 of all the others as compact JSON in their
/// order, so that white space and line endings do not matter.
/// </summary>
public static class SealedJson
{
    private const string Key = "sha256";

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>An object with its sum as the last property.</summary>
    /// <param name="item">The object, without a sum; not changed.</param>
    public static JsonObject Seal(JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        // Once through text, so that numbers have the digits that a reader will find.
        JsonObject whole = JsonNode.Parse(item.ToJsonString(DescriptionJson.Options))!.AsObject();
        whole[Key] = SumOf(whole);
        return whole;
    }

    /// <summary>Verifies an object and takes its sum off.</summary>
    /// <param name="item">The object; changed.</param>
    /// <returns>The same object, without its sum.</returns>
    /// <exception cref="InvalidDataException">It has no sum, or not the one it names.</exception>
    public static JsonObject Open(JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item[Key] is not JsonValue sum || !sum.TryGetValue(out string? named))
            throw new InvalidDataException($"it has no {Key}");
        item.Remove(Key);
        return SumOf(item) == named ? item : throw new InvalidDataException("its content does not have the SHA-256 it names");
    }

    /// <summary>The JSON object of a text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="InvalidDataException">It is no JSON object, or names a property twice.</exception>
    public static JsonObject Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) as JsonObject ?? throw new InvalidDataException("it is no JSON object");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static string SumOf(JsonObject item) => DescriptionJson.Fingerprint(item.ToJsonString(Compact));
}
