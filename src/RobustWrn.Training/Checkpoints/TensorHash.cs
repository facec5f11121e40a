using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>SHA-256 over named tensors and a text.</summary>
internal static class TensorHash
{
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
