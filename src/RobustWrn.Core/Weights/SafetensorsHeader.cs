using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The header of a safetensors file: what it says of each tensor, checked, before any value is read. Parsed token by token:
/// it may be hostile.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The property with texts instead of a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private const int LengthBytes = 8, EntryBytes = 96, MaxDimensions = 64, LongestType = 32;
    private const long MaxHeader = 100_000_000; // the format's own limit

    /// <summary>The element types of the format by name.</summary>
    public static readonly (string Name, ScalarType Type)[] Types =
    [
        ("F64", ScalarType.Float64), ("F32", ScalarType.Float32), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16),
        ("I64", ScalarType.Int64), ("I32", ScalarType.Int32), ("I16", ScalarType.Int16), ("I8", ScalarType.Int8), ("U8", ScalarType.Byte), ("BOOL", ScalarType.Bool),
    ];

    // Element types that no tensor here can have: their bits. Those of a type that is not known either are what its range says.
    private static readonly (string Name, int Bits)[] Unreadable =
    [
        ("U64", 64), ("C64", 64), ("U32", 32), ("U16", 16), ("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8),
            ("F8_E5M2FNUZ", 8), ("F6_E2M3", 6), ("F6_E3M2", 6), ("F4", 4),
    ];

    private readonly PositionedFile _file;
    private readonly OrderedDictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];
    private readonly long _start;

    public SafetensorsHeader(PositionedFile file)
    {
        _file = file;
        if (file.Length < LengthBytes)
            throw Damaged($"it has only {Quantity.Of(file.Length, "byte")}");
        Span<byte> length = stackalloc byte[LengthBytes];
        file.Read(0, length);
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size < 2 || size > MaxHeader || LengthBytes + size > file.Length)
            throw Damaged($"its header is said to have {Quantity.Of(size, "byte")}, the file has {file.Length}");
        _start = LengthBytes + size;
        try
        {
            Parse(file.Bytes(LengthBytes, size, "the header"));
        }
        catch (JsonException e)
        {
            throw Damaged($"its header is not JSON ({e.Message.TrimEnd('.')})");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or OverflowException)
        {
            throw Damaged($"its header is malformed ({e.Message.TrimEnd('.')})");
        }
        CheckRanges(file.Length - _start);
    }

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The tensors, in the order of the header.</summary>
    public IEnumerable<StridedTensor> Tensors() => _entries.Where(pair => pair.Value.Type is not null).Select(pair => new StridedTensor(
        pair.Key, pair.Value.Type!.Value, StridedLayout.Packed(pair.Value.Shape),
        new FileStorage(_file, _start + pair.Value.From, pair.Value.To - pair.Value.From, null, false, pair.Key), 0, _file.Gate));

    /// <summary>What has an element type that no tensor here can have, in words.</summary>
    public Dictionary<string, string> Objects() => _entries.Where(pair => pair.Value.Type is null)
        .ToDictionary(pair => pair.Key, pair =>
            $"a tensor of dtype {pair.Value.Name}; known are {string.Join(", ", Types.Select(known => known.Name))}");

    private void Parse(byte[] header)
    {
        Utf8JsonReader json = new(header);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw Damaged("its header is not a JSON object");
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            Next(ref json);
            if (name == MetadataKey)
                ReadMetadata(ref json);
            else
            {
                _file.Gate.Admit((_entries.Count + 1L) * EntryBytes, "the names of the tensors");
                if (!_entries.TryAdd(name, ReadEntry(ref json, name)))
                    throw Damaged($"\"{name}\" is described twice");
            }
        }
        while (json.Read())
        {
        }
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Require(json.TokenType == JsonTokenType.StartObject, "metadata must be an object");
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            string key = json.GetString()!;
            Require(Next(ref json) is JsonTokenType.String or JsonTokenType.Null, "metadata must be texts");
            _file.Gate.Admit((_metadata.Count + 1L) * EntryBytes, "the metadata");
            _metadata[key] = json.GetString() ?? "";
        }
    }

    private Entry ReadEntry(ref Utf8JsonReader json, string name)
    {
        Require(json.TokenType == JsonTokenType.StartObject, "a tensor must be an object");
        string? dtype = null;
        long[]? shape = null, range = null;
        while (Next(ref json) == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("dtype"u8))
            {
                Require(Next(ref json) == JsonTokenType.String, "dtype must be a text");
                dtype = json.GetString();
            }
            else if (json.ValueTextEquals("shape"u8))
                shape = ReadNumbers(ref json);
            else if (json.ValueTextEquals("data_offsets"u8))
                range = ReadNumbers(ref json);
            else
            {
                Next(ref json);
                json.Skip();
            }
        }
        Require(dtype is not null && shape is not null && range is not null, $"\"{name}\" must have dtype, shape and data_offsets");
        return Checked(name, dtype!, shape!, range!);
    }

    private Entry Checked(string name, string dtype, long[] shape, long[] range)
    {
        int type = Array.FindIndex(Types, candidate => candidate.Name == dtype);
        int bits = type >= 0 ? 8 * ElementTypes.Size(Types[type].Type) : Array.Find(Unreadable, candidate => candidate.Name == dtype).Bits;
        if (dtype.Length > LongestType)
            throw Damaged($"\"{name}\" has a dtype of {dtype.Length} characters");
        if (shape.Any(side => side < 0))
            throw Damaged($"\"{name}\" has the shape ({string.Join(", ", shape)}); sides are at least 0");
        if (range is not [>= 0, >= 0] || range[1] < range[0])
            throw Damaged($"\"{name}\" has the byte range [{string.Join(", ", range)}]; it must be a start and an end");
        long bytes = checked((shape.Aggregate((long)bits, (product, side) => checked(product * side)) + 7) / 8);
        if (bits > 0 && range[1] - range[0] != bytes)
            throw Damaged($"\"{name}\" of shape ({string.Join(", ", shape)}) needs {Quantity.Of(bytes, "byte")}, its range has {range[1] - range[0]}");
        if (StridedLayout.Packed(shape).Problem(long.MaxValue) is { } problem)
            throw Damaged($"\"{name}\" {problem}");
        return new Entry(dtype, type < 0 ? null : Types[type].Type, shape, range[0], range[1]);
    }

    /// <summary>The ranges must tile the bytes after the header: no overlap, no hole, nothing left over.</summary>
    private void CheckRanges(long available)
    {
        long end = 0;
        foreach ((string name, Entry entry) in _entries.OrderBy(pair => pair.Value.From).ThenBy(pair => pair.Value.To))
        {
            if (entry.From != end)
                throw Damaged($"\"{name}\" starts at byte {entry.From} of the data, but the tensor before it ends at {end}: ranges must not overlap or leave holes");
            end = entry.To;
        }
        if (end > available)
            throw Damaged($"its header describes {Quantity.Of(end, "byte")} of data, but only {available} are there: it is truncated");
        if (end < available)
            throw Damaged($"its header describes {Quantity.Of(end, "byte")} of data, but {available} are there: something was appended");
    }

    private static long[] ReadNumbers(ref Utf8JsonReader json)
    {
        Require(Next(ref json) == JsonTokenType.StartArray, "a shape or range must be a list");
        List<long> numbers = [];
        while (Next(ref json) != JsonTokenType.EndArray)
        {
            Require(json.TokenType == JsonTokenType.Number && numbers.Count < MaxDimensions, $"a shape or range must be at most {MaxDimensions} numbers");
            numbers.Add(json.GetInt64());
        }
        return [.. numbers];
    }

    private static JsonTokenType Next(ref Utf8JsonReader json) => json.Read() ? json.TokenType : throw new FormatException("it ends early");

    private static void Require(bool holds, string rule)
    {
        if (!holds)
            throw new FormatException(rule);
    }

    private WeightsFileException Damaged(string reason) => new(_file.Path, $"is not a valid safetensors file: {reason}.");

    private sealed record Entry(string Name, ScalarType? Type, long[] Shape, long From, long To);
}
