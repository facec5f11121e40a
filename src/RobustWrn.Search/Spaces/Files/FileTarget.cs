using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Something that a dimension of a file varies: reads its values and makes the dimension.</summary>
internal abstract class FileTarget
{
    /// <summary>The canonical text of a value.</summary>
    /// <exception cref="JsonException">It is no value of this target.</exception>
    public abstract string Text(FileValue value);

    /// <summary>The space with the dimension.</summary>
    public abstract SearchSpace<WideResNetSpec> Vary(SearchSpace<WideResNetSpec> space, FileDimension dimension);

    /// <summary>A target whose values are of one type.</summary>
    /// <param name="what">What a value is, for messages: <c>a whole number</c>.</param>
    /// <param name="apply">Makes the network from the one so far and a value.</param>
    public static FileTarget Of<T>(string what, Func<WideResNetSpec, T, WideResNetSpec> apply) => new Typed<T>(what, apply);

    private sealed class Typed<T>(string what, Func<WideResNetSpec, T, WideResNetSpec> apply) : FileTarget
    {
        public override string Text(FileValue value) => ValueText.Of(Read(value));

        public override SearchSpace<WideResNetSpec> Vary(SearchSpace<WideResNetSpec> space, FileDimension dimension) =>
            space.Vary<T>(dimension.Title, dimension.Values.Select(Read).ToArray().AsSpan(), apply, dimension.Kind);

        private T Read(FileValue value)
        {
            if (value.Json is null || value.Json.Length > FileValue.MostCharacters)
                throw new JsonException($"must be {what} of at most {FileValue.MostCharacters} characters, got {Excerpt.Of(value.Json)}.");
            try
            {
                JsonNode? node = JsonNode.Parse(value.Json);
                // A description by its name alone, with the defaults of its type.
                if (typeof(IDescription).IsAssignableFrom(typeof(T)) && node is JsonValue name && name.TryGetValue(out string? type))
                    node = new JsonObject { ["type"] = type };
                return node.Deserialize<T>(DescriptionJson.Options) ?? throw new JsonException("nothing");
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException
                or NotSupportedException or OverflowException)
            {
                string reason = typeof(IDescription).IsAssignableFrom(typeof(T)) ? $" {Excerpt.Of(e.Message, 300)}" : "";
                throw new JsonException($"must be {what}, got {Excerpt.Of(value.Json)}.{reason}");
            }
        }
    }
}
