using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// SHA-256 over what a weights file holds: its texts and its tensors with names, types, shapes and values, each in the order of their
/// names. It does not depend on the format or on the order in the file, so a file that another tool writes anew, texts included,
/// still has it.
/// </summary>
internal sealed class ContentHash : IDisposable
{
    /// <summary>The text beside the tensors that holds the hash; not part of what is hashed.</summary>
    public const string Key = "robustwrn.content-sha256";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    private ContentHash()
    {
    }

    /// <summary>The texts and the hash of them and the tensors: what is written beside the tensors.</summary>
    public static Dictionary<string, string> Sealed(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        Dictionary<string, string> texts = Without(metadata ?? new Dictionary<string, string>());
        using ContentHash hash = new();
        hash.Texts(texts);
        foreach ((string name, Tensor tensor) in tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            hash.Header(name, tensor.dtype, tensor.shape);
            TensorMemory.ForEachByte(tensor, bytes => hash._hash.AppendData(bytes));
        }
        texts[Key] = hash.End();
        return texts;
    }

    /// <summary>The hash of what a file holds; its values are read part by part.</summary>
    public static string Of(IEnumerable<StridedTensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using ContentHash hash = new();
        hash.Texts(Without(metadata));
        foreach (StridedTensor tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            hash.Header(tensor.Name, tensor.Type, tensor.Shape);
            tensor.ForEachByte(bytes => hash._hash.AppendData(bytes));
        }
        return hash.End();
    }

    /// <summary>Texts without the hash.</summary>
    public static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(pair => pair.Key != Key).ToDictionary(StringComparer.Ordinal);

    public void Dispose() => _hash.Dispose();

    private void Texts(Dictionary<string, string> texts)
    {
        foreach ((string key, string text) in texts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Text(key);
            Text(text);
        }
    }

    private void Header(string name, ScalarType type, long[] shape)
    {
        Text(name);
        Text(ElementTypes.Name(type));
        Number(shape.Length);
        foreach (long side in shape)
            Number(side);
    }

    // With its length before it, so that no two contents are written the same way.
    private void Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Number(bytes.Length);
        _hash.AppendData(bytes);
    }

    private void Number(long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }

    private string End() => Convert.ToHexStringLower(_hash.GetHashAndReset());
}
