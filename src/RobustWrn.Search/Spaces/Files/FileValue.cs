using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A value of a dimension in a file: any JSON, which its target reads.</summary>
/// <param name="Json">The JSON, compact: <c>384</c>, <c>true</c>, <c>"silu"</c>, <c>{"type":"silu"}</c>.</param>
[JsonConverter(typeof(Converter))]
public sealed record FileValue(string Json)
{
    // A description of a block has some hundred.
    internal const int MostCharacters = 10_000;

    /// <summary>The JSON, cut to a line.</summary>
    public override string ToString() => Excerpt.Of(Json);

    private sealed class Converter : JsonConverter<FileValue>
    {
        public override FileValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonNode.Parse(ref reader)?.ToJsonString(JsonTextConverter.Compact) ?? "null");

        public override void Write(Utf8JsonWriter writer, FileValue value, JsonSerializerOptions options) =>
            (JsonNode.Parse(value.Json) ?? throw new JsonException("a value of a dimension must be given, got null."))
                .WriteTo(writer, options);
    }
}
