using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The safetensors format: an 8-byte little-endian header length, a JSON header that names each tensor with dtype, shape and byte range, then the bytes.
/// Files are read by position straight into the tensors, so reading needs the memory of the tensors once.
/// </summary>
public static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const long MaximalHeader = 100_000_000; // the format's own limit

    private static readonly (string Name, ScalarType Type)[] Types =
    [
        ("F64", ScalarType.Float64), ("F32", ScalarType.Float32), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16),
        ("I64", ScalarType.Int64), ("I32", ScalarType.Int32), ("I16", ScalarType.Int16), ("I8", ScalarType.Int8), ("U8", ScalarType.Byte), ("BOOL", ScalarType.Bool),
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors on the CPU. The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, truncated or not safetensors.</exception>
    public static NamedTensors Read(string path)
    {
        TorchRuntime.EnsureLoaded();
        using FileStream stream = File.OpenRead(path);
        (JsonElement header, long start) = ReadHeader(stream, path);
        (List<Entry> entries, Dictionary<string, string> metadata) = Describe(header, path);
        CheckRanges(entries, stream.Length - start, path);
        OrderedDictionary<string, Tensor> tensors = [];
        try
        {
            foreach (Entry entry in entries)
                tensors.Add(entry.Name, ReadTensor(stream, start + entry.From, entry));
            return new NamedTensors(tensors, metadata);
        }
        catch (Exception e)
        {
            foreach (Tensor tensor in tensors.Values)
                tensor.Dispose();
            if (e is EndOfStreamException)
                throw Damaged(path, "it became shorter while it was read");
            throw;
        }
    }

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Where.</param>
    /// <param name="tensors">What, in order; not changed, not disposed. Any device and memory layout.</param>
    /// <param name="metadata">Texts stored in the header.</param>
    /// <exception cref="ArgumentException">A name is used twice, or a tensor has a dtype the format does not know.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="tensors">What, in order; not changed, not disposed. Any device and memory layout.</param>
    /// <param name="metadata">Texts stored in the header.</param>
    /// <exception cref="ArgumentException">A name is used twice, or a tensor has a dtype the format does not know.</exception>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] list = [.. tensors];
        CheckWritable(list);
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
                    json.WriteString(key, value);
                json.WriteEndObject();
            }
            long at = 0;
            foreach ((string name, Tensor tensor) in list)
            {
                long bytes = tensor.numel() * tensor.element_size();
                json.WriteStartObject(name);
                json.WriteString("dtype", Types.First(type => type.Type == tensor.dtype).Name);
                json.WriteStartArray("shape");
                foreach (long side in tensor.shape)
                    json.WriteNumberValue(side);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(at);
                json.WriteNumberValue(at += bytes);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (header.Length % 8 != 0)
            header.WriteByte((byte)' ');
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        header.WriteTo(stream);
        foreach ((_, Tensor tensor) in list)
        {
            using DisposeScope scope = NewDisposeScope();
            if (tensor.numel() > 0)
                stream.Write(tensor.detach().cpu().contiguous().bytes);
        }
    }

    private static void CheckWritable(KeyValuePair<string, Tensor>[] list)
    {
        HashSet<string> names = [MetadataKey];
        foreach ((string name, Tensor tensor) in list)
        {
            if (!names.Add(name))
                throw new ArgumentException($"names of tensors must be unique and not \"{MetadataKey}\", got \"{name}\" again.", nameof(list));
            if (!Array.Exists(Types, type => type.Type == tensor.dtype))
                throw new ArgumentException($"\"{name}\" has dtype {tensor.dtype}; files hold {string.Join(", ", Types.Select(type => type.Type))}. Convert it first.", nameof(list));
            if (tensor.numel() * tensor.element_size() > int.MaxValue)
                throw new ArgumentException($"\"{name}\" must have at most 2 GiB, got {tensor.numel() * tensor.element_size()} bytes. Split it.", nameof(list));
        }
    }

    private static (JsonElement Header, long Start) ReadHeader(FileStream stream, string path)
    {
        Span<byte> length = stackalloc byte[8];
        if (stream.ReadAtLeast(length, 8, throwOnEndOfStream: false) < 8)
            throw Damaged(path, $"it has only {stream.Length} bytes");
        long size = BinaryPrimitives.ReadInt64LittleEndian(length);
        if (size < 2 || size > MaximalHeader || 8 + size > stream.Length)
            throw Damaged(path, $"its header is said to have {size} bytes, the file has {stream.Length}");
        byte[] header = new byte[size];
        stream.ReadExactly(header);
        try
        {
            using JsonDocument document = JsonDocument.Parse(header, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), 8 + size)
                : throw Damaged(path, "its header is not a JSON object");
        }
        catch (JsonException e)
        {
            throw Damaged(path, $"its header is not JSON ({e.Message.TrimEnd('.')})");
        }
    }

    private static (List<Entry> Entries, Dictionary<string, string> Metadata) Describe(JsonElement header, string path)
    {
        List<Entry> entries = [];
        Dictionary<string, string> metadata = [];
        try
        {
            foreach (JsonProperty property in header.EnumerateObject())
            {
                if (property.Name != MetadataKey)
                {
                    entries.Add(Describe(property, path));
                    continue;
                }
                foreach (JsonProperty item in property.Value.EnumerateObject())
                    metadata[item.Name] = item.Value.GetString() ?? "";
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw Damaged(path, $"its header is malformed ({e.Message.TrimEnd('.')})");
        }
        return (entries, metadata);
    }

    private static Entry Describe(JsonProperty property, string path)
    {
        string? dtype = property.Value.GetProperty("dtype").GetString();
        int type = Array.FindIndex(Types, candidate => candidate.Name == dtype);
        if (type < 0)
            throw Damaged(path, $"\"{property.Name}\" has dtype {dtype}; known are {string.Join(", ", Types.Select(known => known.Name))}");
        long[] shape = [.. property.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
        long[] range = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt64())];
        if (shape.Any(side => side < 0))
            throw Damaged(path, $"\"{property.Name}\" has the shape ({string.Join(", ", shape)}); sides are at least 0");
        if (range is not [>= 0, >= 0] || range[1] < range[0])
            throw Damaged(path, $"\"{property.Name}\" has the byte range [{string.Join(", ", range)}]; it must be a start and an end");
        long bytes = shape.Aggregate((long)Types[type].Type.ElementSize(), (product, side) => checked(product * side));
        if (range[1] - range[0] != bytes)
            throw Damaged(path, $"\"{property.Name}\" of shape ({string.Join(", ", shape)}) needs {bytes} bytes, its range has {range[1] - range[0]}");
        if (bytes > int.MaxValue)
            throw Damaged(path, $"\"{property.Name}\" has {bytes} bytes; tensors of up to 2 GiB can be read");
        return new Entry(property.Name, Types[type].Type, shape, range[0], range[1]);
    }

    /// <summary>The ranges must tile the bytes after the header: no overlap, no hole, nothing left over.</summary>
    private static void CheckRanges(List<Entry> entries, long available, string path)
    {
        long end = 0;
        foreach (Entry entry in entries.OrderBy(entry => entry.From).ThenBy(entry => entry.To))
        {
            if (entry.From != end)
                throw Damaged(path, $"\"{entry.Name}\" starts at byte {entry.From} of the data, but the tensor before it ends at {end}: ranges must not overlap or leave holes");
            end = entry.To;
        }
        if (end > available)
            throw Damaged(path, $"its header describes {end} bytes of data, but only {available} are there: it is truncated");
        if (end < available)
            throw Damaged(path, $"its header describes {end} bytes of data, but {available} are there: something was appended");
    }

    private static Tensor ReadTensor(FileStream stream, long position, Entry entry)
    {
        Tensor tensor = empty(entry.Shape, entry.Type).DetachFromDisposeScope();
        try
        {
            stream.Position = position;
            if (entry.To > entry.From)
                stream.ReadExactly(tensor.bytes);
            return tensor;
        }
        catch
        {
            tensor.Dispose();
            throw;
        }
    }

    private static InvalidDataException Damaged(string path, string reason) => new($"{path} is not a valid safetensors file: {reason}.");

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long From, long To);
}
