using System.Globalization;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Writes the zip archive of a state dict.</summary>
/// <param name="stream">Where; written from its position on, which counts as 0.</param>
internal sealed class TorchArchiveWriter(Stream stream)
{
    private const string Folder = "archive/";
    private static readonly byte[] Version = "3\n"u8.ToArray();

    private readonly ZipWriter _zip = new(stream);

    public static void Check(IReadOnlyList<KeyValuePair<string, Tensor>> tensors)
    {
        HashSet<string> names = [];
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!names.Add(name))
                throw new ArgumentException($"names of tensors must be unique, got \"{name}\" again.", nameof(tensors));
            if (ElementTypes.Storage(tensor.dtype) is null)
                throw new ArgumentException($"\"{name}\" has dtype {tensor.dtype}, which PyTorch has no storage for. Convert it first.", nameof(tensors));
        }
    }

    public void Write(IReadOnlyList<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        // torch.load takes the folder from the first file.
        _zip.Add(Folder + "data.pkl", StateDictPickle.Write(tensors));
        _zip.Add(Folder + "byteorder", BitConverter.IsLittleEndian ? "little"u8.ToArray() : "big"u8.ToArray());
        for (int i = 0; i < tensors.Count; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor packed = tensors[i].Value.detach().cpu().contiguous();
            uint checksum = 0;
            TensorMemory.ForEachByte(packed, bytes => checksum = Crc32.Append(checksum, bytes));
            _zip.Add($"{Folder}data/{i.ToString(CultureInfo.InvariantCulture)}", packed.numel() * ElementTypes.Size(packed.dtype), checksum,
                output => TensorMemory.ForEachByte(packed, bytes => output.Write(bytes)));
        }
        _zip.Add(Folder + "version", Version);
        foreach ((string name, string text) in metadata.OrderBy(item => item.Key, StringComparer.Ordinal))
            _zip.Add($"{Folder}extra/{name}", Encoding.UTF8.GetBytes(text));
        _zip.Finish();
    }
}
