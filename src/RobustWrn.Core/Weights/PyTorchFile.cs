using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The files of PyTorch's <c>torch.save</c>. They are read with a restricted unpickler of our own (<see cref="WeightsFile"/>)
/// and written as the zip archive that <c>torch.load</c> reads, also with <c>weights_only=True</c>.
/// </summary>
public static class PyTorchFile
{
    /// <summary>Reads the tensors of a file.</summary>
    /// <param name="path">The file: a state dict, or a checkpoint with one.</param>
    /// <param name="entry">
    /// The entry of a checkpoint, with dots into nested ones; null for the usual one (<see cref="WeightsOptions.Entry"/>).
    /// </param>
    /// <returns>The tensors on the CPU. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">The file is damaged, or holds no such tensors.</exception>
    public static NamedTensors Read(string path, string? entry = null)
    {
        using WeightsFile file = WeightsFile.Open(path);
        return file.Read(entry);
    }

    /// <summary>Writes tensors as a state dict, atomically: without compression, each storage at a multiple of 64 bytes.</summary>
    /// <param name="path">Where.</param>
    /// <param name="tensors">What, in order; not changed, not disposed. Any device and memory layout.</param>
    /// <param name="metadata">Texts stored beside the state dict, where <c>torch.load</c> does not look.</param>
    /// <exception cref="ArgumentException">A name is used twice, or a tensor has a dtype the format does not know.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] list = [.. tensors];
        TorchArchiveWriter.Check(list);
        AtomicFile.Write(path, stream => new TorchArchiveWriter(stream).Write(list, metadata ?? new Dictionary<string, string>()));
    }
}
