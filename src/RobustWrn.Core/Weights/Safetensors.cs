using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The safetensors format: an 8-byte little-endian header length, a JSON header that names each tensor with dtype, shape and byte range,
/// then the bytes. Files are read by position straight into the tensors, so reading needs the memory of the tensors once.
/// What is written carries the hash of its content (<see cref="WeightsFile.StoredHash"/>), which every reading here compares.
/// </summary>
public static class Safetensors
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tensors on the CPU. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">The file is damaged, truncated or not safetensors.</exception>
    public static NamedTensors Read(string path)
    {
        using WeightsFile file = WeightsFile.OpenSafetensors(path);
        return file.Read();
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
        // The header stands before the values, so the values are hashed in a pass of their own.
        Dictionary<string, string> texts = ContentHash.Sealed(list, metadata);
        using MemoryStream header = new();
        using (Utf8JsonWriter json = new(header))
        {
            json.WriteStartObject();
            json.WriteStartObject(SafetensorsHeader.MetadataKey);
            foreach ((string key, string value) in texts.OrderBy(item => item.Key, StringComparer.Ordinal))
                json.WriteString(key, value);
            json.WriteEndObject();
            long at = 0;
            foreach ((string name, Tensor tensor) in list)
            {
                long bytes = tensor.numel() * tensor.element_size();
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsHeader.Types.First(type => type.Type == tensor.dtype).Name);
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
            TensorMemory.ForEachByte(tensor, bytes => stream.Write(bytes));
    }

    private static void CheckWritable(KeyValuePair<string, Tensor>[] list)
    {
        HashSet<string> names = [SafetensorsHeader.MetadataKey];
        foreach ((string name, Tensor tensor) in list)
        {
            if (!names.Add(name))
                throw new ArgumentException($"names of tensors must be unique and not \"{SafetensorsHeader.MetadataKey}\", got \"{name}\" again.", nameof(list));
            if (!Array.Exists(SafetensorsHeader.Types, type => type.Type == tensor.dtype))
                throw new ArgumentException($"\"{name}\" has dtype {tensor.dtype}; files hold {string.Join(", ", SafetensorsHeader.Types.Select(type => type.Type))}. Convert it first.", nameof(list));
        }
    }
}
