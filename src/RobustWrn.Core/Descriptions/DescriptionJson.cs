using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// Descriptions as JSON: <c>{"version": 1, "type": "trades", ...}</c>. The name comes from the constant <c>TypeName</c> of the type and
/// is looked up among the loaded assemblies that use this library, so a user's own attack or block is read back too;
/// no type name of .NET is ever taken from a file.
/// </summary>
public static partial class DescriptionJson
{
    /// <summary>The version written; newer ones are refused.</summary>
    public const int Version = 1;

    /// <summary>
    /// The longest text that is read: a thousand times a long plan, and short enough that its nodes take some hundred megabytes at most.
    /// </summary>
    public const int MostCharacters = 1 << 22;

    /// <summary>Serializer options under which descriptions nest in other documents.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions(inMemory: false);

    /// <summary>The same for texts that no file gets: parts without a name in files have a mark in its place.</summary>
    public static JsonSerializerOptions MemoryOptions { get; } = CreateOptions(inMemory: true);

    /// <summary>Writes a description, indented, with its version and type name.</summary>
    public static string Write(IDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        JsonObject body = ToNode(description, Options);
        JsonObject document = new() { ["version"] = Version };
        foreach (KeyValuePair<string, JsonNode?> property in body.ToArray())
        {
            body.Remove(property.Key);
            document[property.Key] = property.Value;
        }
        return document.ToJsonString(Options);
    }

    /// <summary>Reads a description written by <see cref="Write"/>.</summary>
    /// <typeparam name="T">What is expected: an interface such as <see cref="INetworkSpec"/>, or one type.</typeparam>
    /// <param name="json">The document.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Not JSON, a newer version, an unknown type or a property of the wrong kind.</exception>
    public static T Read<T>(string json, string source = "the JSON text")
        where T : IDescription
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > MostCharacters)
            throw new InvalidDataException(
                $"{source} has {json.Length} characters; a description has at most {MostCharacters}. It is another file.");
        try
        {
            if (JsonNode.Parse(json, documentOptions: StrictDocument) is not JsonObject document)
                throw new InvalidDataException($"{source} must be a JSON object with a version and a type.");
            int version = document["version"] is JsonValue number && number.TryGetValue(out int whole) ? whole : 0;
            if (version is < 1 or > Version)
                throw new InvalidDataException(
                    $"{source} has version {Excerpt.Of(document["version"]?.ToJsonString() ?? "none")}; this library reads versions 1 "
                    + $"to {Version}. Use the library that wrote it, or a newer one.");
            document.Remove("version");
            return (T)DescriptionTypes.Read(document, typeof(T), Options);
        }
        // ArgumentException: a unit type in the file refused its value.
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            string reason = Plain(e.Message);
            // An inner exception prints its whole message, which quotes the file.
            throw new InvalidDataException($"{source} is not a valid description: {reason}", reason.Length < e.Message.Length ? null : e);
        }
    }

    /// <summary>
    /// A stored description as it is written today, whatever its form in files was then (<see cref="IMigratedDescription"/>): what is
    /// compared with today's before work goes on.
    /// </summary>
    /// <typeparam name="T">What it is: an interface, or one type.</typeparam>
    /// <param name="stored">The object, with its type's name; with a version or without. It stays as it is.</param>
    /// <returns>A new object, with a version where the stored one has one; a copy where it is none that can be read.</returns>
    public static JsonNode? Renewed<T>(JsonNode? stored)
        where T : class, IDescription
    {
        JsonNode? copy = stored?.DeepClone();
        if (copy is not JsonObject document)
            return copy;
        JsonNode? version = document["version"];
        document.Remove("version");
        JsonObject today;
        try
        {
            today = ToNode((T)DescriptionTypes.Read(document, typeof(T), Options), Options);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return stored!.DeepClone();
        }
        if (version is not null)
            today.Insert(0, "version", version.DeepClone());
        return today;
    }

    /// <summary>
    /// The canonical text: compact, properties in ordinal order, so that equal descriptions have equal text. Parts without a
    /// <c>TypeName</c> are told apart by their type in code: such a text
    /// is good in memory, and nothing reads it back (<see cref="DescriptionStorage.StorageProblems"/>).
    /// </summary>
    public static string Canonical(IDescription description) => Canonical(ToNode(description, MemoryOptions));

    /// <summary>The canonical text of a stored object: of a description as it was written, whatever its form today.</summary>
    /// <param name="stored">The object; it stays as it is.</param>
    public static string Canonical(JsonObject stored) => Sorted(stored)!.ToJsonString(CanonicalOptions);

    /// <summary>
    /// SHA-256 of the canonical text, in lower-case hexadecimal: the identity of a description across processes and machines.
    /// </summary>
    public static string Fingerprint(IDescription description) => Fingerprint(Canonical(description));

    /// <summary>SHA-256 of a text, in lower-case hexadecimal.</summary>
    public static string Fingerprint(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // The serializer names types as .NET does, and quotes names of properties whole.
    private static string Plain(string message) =>
        Excerpt.Cut(NullableType().Replace(message, "$1, or null").Replace("System.", "", StringComparison.Ordinal),
            MostCharactersOfReason);

    private const int MostCharactersOfReason = 500;

    [GeneratedRegex(@"System\.Nullable`1\[(?:System\.)?([\w.]+)\]")]
    private static partial Regex NullableType();

    private static readonly JsonDocumentOptions StrictDocument = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions CanonicalOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static JsonObject ToNode(IDescription description, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(description);
        Type type = description.GetType();
        bool inMemory = ReferenceEquals(options, MemoryOptions);
        JsonObject node = new() { ["type"] = inMemory ? DescriptionTypes.NameInMemory(type) : DescriptionTypes.NameOf(type) };
        JsonObject body = JsonSerializer.SerializeToNode(description, type, options)!.AsObject();
        foreach (KeyValuePair<string, JsonNode?> property in body.ToArray())
        {
            body.Remove(property.Key);
            node[property.Key] = property.Value;
        }
        return node;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject item => new JsonObject(item.OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => KeyValuePair.Create(property.Key, Sorted(property.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonSerializerOptions CreateOptions(bool inMemory)
    {
        JsonSerializerOptions options = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = true,
            NewLine = "\n",
            IgnoreReadOnlyProperties = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            AllowDuplicateProperties = false,
        };
        options.Converters.Add(new DescriptionConverterFactory(inMemory));
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        return options;
    }
}

internal sealed class DescriptionConverterFactory(bool inMemory) : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        (typeToConvert.IsInterface || typeToConvert.IsAbstract) && typeof(IDescription).IsAssignableFrom(typeToConvert);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert), [inMemory])!;

    // Not told by its options: others are made from ours, such as those without indentation.
    private sealed class Converter<T>(bool inMemory) : JsonConverter<T>
        where T : class, IDescription
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonNode.Parse(ref reader) is JsonObject node
                ? (T)DescriptionTypes.Read(node, typeof(T), options)
                : throw new JsonException($"expected an object with a \"type\" for {typeof(T).Name}.");

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            DescriptionJson.ToNode(value, inMemory ? DescriptionJson.MemoryOptions : DescriptionJson.Options).WriteTo(writer, options);
    }
}
