using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RobustWrn.Core;

/// <summary>
/// An open weights file: safetensors, or what PyTorch's <c>torch.save</c> wrote (a zip archive, or the format before 1.6),
/// told apart by its content. Values are read when they are asked for, so that one entry of a large checkpoint costs that entry.
/// Nothing in a file is ever executed or constructed.
/// </summary>
public sealed class WeightsFile : IDisposable
{
    private const uint ZipSignature = 0x04034b50;
    private const byte PickleSignature = 0x80;

    private readonly PositionedFile _file;
    private readonly SafetensorsHeader? _header;
    private readonly TorchArchive? _archive;
    private readonly CheckpointEntries? _entries;

    private readonly IReadOnlyDictionary<string, string> _texts;
    private readonly TorchTensors? _reader;
    private bool _verified;

    private WeightsFile(PositionedFile file, bool onlySafetensors)
    {
        _file = file;
        Span<byte> start = stackalloc byte[9];
        file.Read(0, start[..(int)Math.Min(start.Length, file.Length)]);
        // The length of a header may begin as a pickle does (0x80), or even as an archive; what follows it does not.
        if (onlySafetensors || (start[8] == (byte)'{' && BinaryPrimitives.ReadUInt32LittleEndian(start[4..]) == 0))
            _header = new SafetensorsHeader(file);
        else if (BinaryPrimitives.ReadUInt32LittleEndian(start) == ZipSignature)
            _archive = new ZipTorchArchive(file);
        else if (start[0] == PickleSignature)
            _archive = new LegacyTorchArchive(file);
        else if (start[8] is 0 or (byte)'{')
            _header = new SafetensorsHeader(file);
        else
            throw file.Unsupported("it is neither safetensors nor a file of torch.save (a zip archive, or the format of PyTorch 0.2 to 1.5)");
        if (_archive is not null)
        {
            _entries = new CheckpointEntries(file, _archive.Root);
            _reader = new TorchTensors(_archive);
        }
        _texts = _header?.Metadata ?? _archive!.Texts;
        StoredHash = _texts.GetValueOrDefault(ContentHash.Key);
        Metadata = ContentHash.Without(_header?.Metadata ?? Texts());
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>
    /// The entries that hold tensors, with dots into nested ones; the empty text is the file itself, when it is a state dict.
    /// </summary>
    public IReadOnlyList<string> Entries => _entries?.All ?? [""];

    /// <summary>Texts and numbers beside the weights: the metadata of safetensors; of a checkpoint its own, such as <c>epoch</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// The SHA-256 of the content (texts, and tensors with names, types, shapes and values) that a file written by this library carries;
    /// null in files of others and in those of version 0.1 or <see cref="PyTorchFile.Write"/>. Known without reading the values,
    /// and compared with them whenever they are read; <see cref="Fingerprint"/> compares at once.
    /// </summary>
    public string? StoredHash { get; }

    /// <summary>The largest number of bytes that reading has allocated at once so far.</summary>
    internal long LargestAllocation => _file.Gate.Largest;

    /// <summary>
    /// How many numbers an entry has (null is the usual one); at most one a byte, however often its tensors show the same.
    /// </summary>
    internal long Numbers(string? entry) =>
        Math.Min(_file.Length, Stored(entry).Tensors.Sum(tensor => (tensor.To - tensor.From) / ElementTypes.Size(tensor.Type)));

    /// <summary>How many bytes the file has.</summary>
    internal long Length => _file.Length;

    /// <summary>Opens a file and reads what it says of its tensors, not their values.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsFileException">It is damaged, truncated, or of another kind.</exception>
    public static WeightsFile Open(string path) => Open(path, onlySafetensors: false);

    /// <summary>
    /// Identity of what a file holds, in lower-case hexadecimal: the hash it carries, compared with its content;
    /// the SHA-256 of its bytes where it carries none. Reads the file once. A record that stores it can tell a damaged,
    /// exchanged or replaced weights file; where speed matters more, <see cref="StoredHash"/> reads the header alone.
    /// </summary>
    /// <exception cref="WeightsFileException">The file is damaged: its content has another hash than it carries.</exception>
    public string Fingerprint()
    {
        Verify();
        if (StoredHash is not null)
            return StoredHash;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long at = 0; at < _file.Length; at += buffer.Length)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, _file.Length - at));
            _file.Read(at, part);
            hash.AppendData(part);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Reads the tensors of an entry. Those that share a storage in the file share their memory, and strides stay as they were.
    /// </summary>
    /// <param name="entry">The entry, with dots into nested ones; null for the usual one (<see cref="WeightsOptions.Entry"/>).</param>
    /// <returns>The tensors on the CPU. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">
    /// There is no such entry, it is damaged, or holds an object where a tensor should be.
    /// </exception>
    public NamedTensors Read(string? entry = null)
    {
        Verify();
        EntryContent content = Stored(entry);
        return content.Objects.Count == 0
            ? StoredTensors.Read(content.Tensors, Metadata, _file.Gate)
            : throw _file.Unsupported(
                $"{content.Objects.First().Key} is {content.Objects.First().Value}, which is never constructed. Load the tensors a "
                + $"network needs with NetworkWeights.Load");
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Opens a file that must be safetensors.</summary>
    internal static WeightsFile OpenSafetensors(string path) => Open(path, onlySafetensors: true);

    /// <summary>Compares the content with the hash that the file carries, once; does nothing for a file without one.</summary>
    /// <exception cref="WeightsFileException">They differ.</exception>
    internal void Verify()
    {
        if (_verified || StoredHash is null)
            return;
        IReadOnlyList<StridedTensor> tensors = Stored("").Tensors;
        foreach (StridedTensor tensor in tensors)
            tensor.Verify();
        string actual = ContentHash.Of(tensors, _texts);
        if (actual != StoredHash)
        {
            // Enough to tell two apart, and no more of what a damaged file says.
            throw _file.Damaged($"its content has the SHA-256 {Excerpt.Of(actual, 12)}, but {Excerpt.Of(StoredHash, 12)} was stored "
                + $"with it. Take it from its source again; if other code changed it on purpose, remove {ContentHash.Key} from its texts");
        }
        _verified = true;
    }

    /// <summary>What an entry holds, unread.</summary>
    internal EntryContent Stored(string? entry)
    {
        if (_header is not null)
        {
            return entry is null or "" ? new EntryContent("", [.. _header.Tensors()], _header.Objects(), [])
                : throw _file.Unsupported($"it has no entry \"{entry}\": a safetensors file has none");
        }
        (string path, IReadOnlyDictionary<string, object?> weights) = _entries!.Choose(entry);
        List<StridedTensor> tensors = [];
        Dictionary<string, string> objects = [];
        foreach ((string name, object? value) in weights)
        {
            if (_reader!.Read(name, value, out string what) is { } tensor)
                tensors.Add(tensor);
            else if (value is PickleCall)
                objects.Add(name, what);
        }
        List<StridedTensor> beside = [];
        foreach ((string name, object? value) in _entries.Around(path))
        {
            if (ConstantName.Of(name) is not null && _reader!.Read(name, value, out _) is { IsNumber: false, Shape.Length: > 0 } constant)
                beside.Add(constant);
        }
        return new EntryContent(path, tensors, objects, beside);
    }

    private static WeightsFile Open(string path, bool onlySafetensors)
    {
        TorchRuntime.EnsureLoaded();
        PositionedFile file = new(path);
        try
        {
            return new WeightsFile(file, onlySafetensors);
        }
        catch
        {
            file.Dispose();
            throw;
        }
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
