using System.Buffers.Binary;
using System.Text;
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
        Dictionary<string, string> metadata = [];
        OrderedDictionary<string, Tensor> tensors = [];
        try
        {
            long expected = 0;
            foreach (JsonProperty entry in header.EnumerateObject())
            {
                if (entry.Name == MetadataKey)
                {
                    foreach (JsonProperty item in entry.Value.EnumerateObject())
                        metadata[item.Name] = item.Value.GetString() ?? "";
                    continue;
                }
                (ScalarType type, long[] shape, long from, long to) = Describe(entry, path);
                if (start + to > stream.Length)
                    throw Damaged(path, $"\"{entry.Name}\" ends at byte {start + to}, but the file has {stream.Length} bytes: it is truncated");
                tensors.Add(entry.Name, ReadTensor(stream, start + from, type, shape, to - from, path, entry.Name));
                expected = Math.Max(expected, to);
            }
            if (start + expected != stream.Length)
                throw Damaged(path, $"it has {stream.Length} bytes, but its header describes {start + expected}");
            return new NamedTensors(tensors, metadata);
        }
        catch (Exception e)
        {
            foreach (Tensor tensor in tensors.Values)
                tensor.Dispose();
            if (e is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException)
                throw Damaged(path, $"its header is malformed ({e.Message})");
            throw;
        }
    }

    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Where.</param>
    /// <param name="tensors">What, in order; not changed, not disposed. Any device and memory layout.</param>
    /// <param name="metadata">Texts stored in the header.</param>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, stream => Write(stream, tensors, metadata));

    /// <summary>Writes to a stream.</summary>
    /// <param name="stream">Where.</param>
    /// <param name="tensors">What, in order; not changed, not disposed. Any device and memory layout.</param>
    /// <param name="metadata">Texts stored in the header.</param>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] list = [.. tensors];
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
            using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(header));
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? (document.RootElement.Clone(), 8 + size)
                : throw Damaged(path, "its header is not a JSON object");
        }
        catch (JsonException e)
        {
            throw Damaged(path, $"its header is not JSON ({e.Message})");
        }
    }

    private static (ScalarType Type, long[] Shape, long From, long To) Describe(JsonProperty entry, string path)
    {
        string? dtype = entry.Value.GetProperty("dtype").GetString();
        int type = Array.FindIndex(Types, candidate => candidate.Name == dtype);
        if (type < 0)
            throw Damaged(path, $"\"{entry.Name}\" has dtype {dtype}; known are {string.Join(", ", Types.Select(known => known.Name))}");
        long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(side => side.GetInt64())];
        JsonElement offsets = entry.Value.GetProperty("data_offsets");
        long from = offsets[0].GetInt64(), to = offsets[1].GetInt64();
        long bytes = checked(shape.Aggregate(1L, (product, side) => checked(product * side)) * Types[type].Type.ElementSize());
        if (from < 0 || shape.Any(side => side < 0) || to - from != bytes)
            throw Damaged(path, $"\"{entry.Name}\" of shape ({string.Join(", ", shape)}) needs {bytes} bytes, its range has {to - from}");
        return (Types[type].Type, shape, from, to);
    }

    private static Tensor ReadTensor(FileStream stream, long position, ScalarType type, long[] shape, long bytes, string path, string name)
    {
        Tensor tensor = empty(shape, type).DetachFromDisposeScope();
        try
        {
            if (bytes > int.MaxValue)
                throw Damaged(path, $"\"{name}\" has {bytes} bytes; tensors of up to 2 GiB can be read");
            stream.Position = position;
            if (bytes > 0)
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
}
