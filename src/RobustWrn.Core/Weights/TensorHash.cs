using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The identity of named tensors: which weights a record belongs to.</summary>
public static class TensorHash
{
    /// <summary>SHA-256 over names, types, shapes and bytes, in the given order, and a text, in lower-case hexadecimal.</summary>
    /// <param name="tensors">The tensors, on any device; not changed, not disposed.</param>
    /// <param name="text">Hashed before them.</param>
    public static string Of(IEnumerable<KeyValuePair<string, Tensor>> tensors, string text = "")
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(text));
        foreach ((string name, Tensor tensor) in tensors)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{name} {tensor.dtype} ({string.Join(", ", tensor.shape)})\n"));
            using DisposeScope scope = NewDisposeScope();
            if (tensor.numel() > 0)
                hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
