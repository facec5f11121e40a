using System.Text;

namespace RobustWrn.Core;

/// <summary>
/// The format of PyTorch since 1.6: a zip archive of stored files below one folder of any name: <c>data.pkl</c>, <c>data/0</c>,
/// <c>data/1</c>, ..., <c>version</c>, and <c>byteorder</c> in newer ones.
/// </summary>
internal sealed class ZipTorchArchive : TorchArchive
{
    private const string Pickle = "data.pkl", ExtraFolder = "extra/";
    private const long LargestText = 1 << 20;

    private readonly Dictionary<string, ZipEntry> _entries;
    private readonly Dictionary<string, FileStorage> _storages = [];
    private readonly Dictionary<string, string> _texts = [];
    private readonly string _folder;
    private readonly bool _bigEndian;

    public ZipTorchArchive(PositionedFile file)
        : base(file)
    {
        _entries = ZipDirectory.Read(file);
        string? pickle = _entries.Keys.Where(name => name == Pickle || name.EndsWith("/" + Pickle, StringComparison.Ordinal)).MinBy(name => name.Length);
        _folder = pickle?[..^Pickle.Length] ?? throw file.Unsupported("it is an archive without data.pkl, so torch.save did not write it");
        if (_entries.ContainsKey(_folder + "constants.pkl"))
            throw file.Unsupported("it is a TorchScript archive. Save the state_dict() of the network instead");
        _bigEndian = Text("byteorder") switch
        {
            null or "little" => false,
            "big" => true,
            string other => throw file.Damaged($"its byte order is \"{other}\""),
        };
        ZipEntry entry = _entries[pickle];
        Range(entry).Verify();
        Root = new Unpickler(new PickleSource(file, entry.Position, entry.Position + entry.Bytes)).Load();
        foreach (string name in _entries.Keys.Where(name => name.StartsWith(_folder + ExtraFolder, StringComparison.Ordinal)))
            _texts[name[(_folder.Length + ExtraFolder.Length)..]] = Text(name[_folder.Length..])!;
    }

    public override IReadOnlyDictionary<string, string> Texts => _texts;

    public override TensorStorage Storage(string key, long bytes)
    {
        if (_storages.TryGetValue(key, out FileStorage? known) && known.Bytes == bytes)
            return known;
        if (!_entries.TryGetValue($"{_folder}data/{key}", out ZipEntry entry))
            throw File.Damaged($"the storage {key} is not in the archive");
        if (entry.Bytes != bytes)
            throw File.Damaged($"the storage {key} has {Quantity.Of(entry.Bytes, "byte")}, but {bytes} are expected");
        return _storages[key] = Range(entry);
    }

    private string? Text(string name)
    {
        if (!_entries.TryGetValue(_folder + name, out ZipEntry entry))
            return null;
        if (entry.Bytes > LargestText)
            throw File.Damaged($"its text {name} has {Quantity.Of(entry.Bytes, "byte")}");
        Range(entry).Verify();
        return Encoding.UTF8.GetString(File.Bytes(entry.Position, entry.Bytes, name));
    }

    // torch.save can be told to compute no checksums, and then stores 0.
    private FileStorage Range(ZipEntry entry) => new(File, entry.Position, entry.Bytes, entry.Checksum == 0 ? null : entry.Checksum, _bigEndian, entry.Name);
}
