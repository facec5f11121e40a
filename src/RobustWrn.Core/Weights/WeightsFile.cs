using System.Buffers.Binary;

namespace RobustWrn.Core;

/// <summary>
/// An open weights file: safetensors, or what PyTorch's <c>torch.save</c> wrote (a zip archive, or the format before 1.6), told apart by its content.
/// Values are read when they are asked for, so that one entry of a large checkpoint costs that entry. Nothing in a file is ever executed or constructed.
/// </summary>
public sealed class WeightsFile : IDisposable
{
    private const uint ZipSignature = 0x04034b50;
    private const byte PickleSignature = 0x80;

    private readonly PositionedFile _file;
    private readonly SafetensorsHeader? _header;
    private readonly TorchArchive? _archive;
    private readonly CheckpointEntries? _entries;

    private WeightsFile(PositionedFile file)
    {
        _file = file;
        Span<byte> start = stackalloc byte[9];
        file.Read(0, start[..(int)Math.Min(start.Length, file.Length)]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(start) == ZipSignature)
            _archive = new ZipTorchArchive(file);
        else if (start[0] == PickleSignature)
            _archive = new LegacyTorchArchive(file);
        else if (start[8] is 0 or (byte)'{')
            _header = new SafetensorsHeader(file);
        else
            throw file.Unsupported("it is neither safetensors nor a file of torch.save (a zip archive, or the format of PyTorch 0.2 to 1.5)");
        if (_archive is not null)
            _entries = new CheckpointEntries(file, _archive.Root);
        Metadata = _header?.Metadata ?? Texts();
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>The entries that hold tensors, with dots into nested ones; the empty text is the file itself, when it is a state dict.</summary>
    public IReadOnlyList<string> Entries => _entries?.All ?? [""];

    /// <summary>Texts and numbers beside the weights: the metadata of safetensors; of a checkpoint its own, such as <c>epoch</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The largest number of bytes that reading has allocated at once so far.</summary>
    internal long LargestAllocation => _file.Gate.Largest;

    /// <summary>How many numbers the usual entry has; at most one a byte, however often its tensors show the same.</summary>
    internal long Numbers => Math.Min(_file.Length, Stored(null).Tensors.Sum(tensor => (tensor.To - tensor.From) / ElementTypes.Size(tensor.Type)));

    /// <summary>Opens a file and reads what it says of its tensors, not their values.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsFileException">It is damaged, truncated, or of another kind.</exception>
    public static WeightsFile Open(string path)
    {
        TorchRuntime.EnsureLoaded();
        PositionedFile file = new(path);
        try
        {
            return new WeightsFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the tensors of an entry. Those that share a storage in the file share their memory, and strides stay as they were.</summary>
    /// <param name="entry">The entry, with dots into nested ones; null for the usual one (<see cref="WeightsOptions.Entry"/>).</param>
    /// <returns>The tensors on the CPU. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">There is no such entry, it is damaged, or holds an object where a tensor should be.</exception>
    public NamedTensors Read(string? entry = null)
    {
        (_, List<StridedTensor> tensors, Dictionary<string, string> objects) = Stored(entry);
        return objects.Count == 0
            ? StoredTensors.Read(tensors, Metadata)
            : throw _file.Unsupported($"{objects.First().Key} is {objects.First().Value}, which is never constructed. Load the tensors a network needs with NetworkWeights.Load");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>The tensors of an entry, unread, and what stands among them and is none, in words.</summary>
    internal (string Entry, List<StridedTensor> Tensors, Dictionary<string, string> Objects) Stored(string? entry)
    {
        if (_header is not null)
            return entry is null or "" ? ("", [.. _header.Tensors()], []) : throw _file.Unsupported($"it has no entry \"{entry}\": a safetensors file has none");
        (string path, IReadOnlyDictionary<string, object?> weights) = _entries!.Choose(entry);
        TorchTensors reader = new(_archive!);
        List<StridedTensor> tensors = [];
        Dictionary<string, string> objects = [];
        foreach ((string name, object? value) in weights)
        {
            if (reader.Read(name, value, out string what) is { } tensor)
                tensors.Add(tensor);
            else if (value is PickleCall)
                objects.Add(name, what);
        }
        return (path, tensors, objects);
    }

    private Dictionary<string, string> Texts()
    {
        Dictionary<string, string> texts = [];
        foreach ((string name, object? value) in _entries!.Root)
        {
            if (NumPyValues.Text(_file, value) is { } text)
                texts[name] = text;
        }
        foreach ((string name, string text) in _archive!.Texts)
            texts[name] = text;
        return texts;
    }
}
