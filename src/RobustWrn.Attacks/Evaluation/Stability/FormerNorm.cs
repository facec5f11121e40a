using System.Text.Json.Nodes;

namespace RobustWrn.Attacks;

/// <summary>The length of vectors in files of before, when it was one of three words and not a description.</summary>
internal static class FormerNorm
{
    /// <summary>Makes a description of the word: <c>"l2"</c> becomes <c>{"type": "l2"}</c>.</summary>
    /// <param name="stored">What has it, changed in place.</param>
    /// <param name="property">Its name there.</param>
    public static void Migrate(JsonObject stored, string property)
    {
        if (stored[property] is JsonValue value && value.TryGetValue(out string? word))
            stored[property] = new JsonObject { ["type"] = word.ToLowerInvariant() };
    }
}
