using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RobustWrn.Search;

/// <summary>
/// A text that is JSON itself: written into the document as it is, so that files stay readable, and read back as compact text.
/// </summary>
internal sealed class JsonTextConverter : JsonConverter<string>
{
    internal static JsonSerializerOptions Compact { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonNode.Parse(ref reader)?.ToJsonString(Compact) ?? throw new JsonException("a JSON object is missing.");

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => JsonNode.Parse(value)!.WriteTo(writer, options);
}
