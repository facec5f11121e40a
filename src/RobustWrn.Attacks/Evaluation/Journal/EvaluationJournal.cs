using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// An append-only record of an evaluation, a line for each attack on each block, each flushed to the disk before the evaluation goes on. A line carries a checksum; the first that is cut
/// off or damaged ends what is believed, and is written again. Lines only say which examples fell: all else follows from the images and the model.
/// </summary>
internal sealed class EvaluationJournal : IDisposable
{
    private const int Version = 1, ChecksumLength = 16;

    private readonly FileStream _stream;
    private readonly Dictionary<(long Block, int Attack), JournalEntry> _entries = [];
    private readonly string _folder;

    private EvaluationJournal(string folder, FileStream stream) => (_folder, _stream) = (folder, stream);

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <param name="folder">Its folder; made if it does not exist.</param>
    /// <param name="identity">What decides the outcome of the evaluation; a block size of null goes on with the one the journal began with.</param>
    /// <param name="blockSize">Images attacked together, for a journal that begins.</param>
    /// <exception cref="EvaluationJournalException">The journal there is of another evaluation.</exception>
    /// <exception cref="InvalidDataException">It was written by a newer version.</exception>
    /// <exception cref="IOException">Another process has it open.</exception>
    public static EvaluationJournal Open(string folder, JsonObject identity, int blockSize)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "journal.jsonl");
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        EvaluationJournal journal = new(folder, stream);
        try
        {
            journal.Read(identity, blockSize, path);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Images attacked together, from the first process that kept the journal on.</summary>
    public int BlockSize { get; private set; }

    public JournalEntry? Find(long block, int attack) => _entries.GetValueOrDefault((block, attack));

    /// <summary>The images an attack returned for the survivors of a block, if they were kept; the caller disposes them.</summary>
    public Tensor Images(JournalEntry entry)
    {
        using NamedTensors tensors = Safetensors.Read(ImagesPath(entry));
        return tensors["images"].alias().DetachFromDisposeScope();
    }

    /// <summary>Records what an attack did. The images come first, so that a line never promises what is not there.</summary>
    public void Append(JournalEntry entry, Tensor? images)
    {
        if (images is not null)
            Safetensors.Write(ImagesPath(entry), [KeyValuePair.Create("images", images)]);
        Write(JsonSerializer.Serialize(entry, JournalJson));
        _entries[(entry.Block, entry.Attack)] = entry;
    }

    public void Dispose() => _stream.Dispose();

    private static readonly JsonSerializerOptions JournalJson = new(DescriptionJson.Options) { WriteIndented = false };

    private string ImagesPath(JournalEntry entry) => Path.Combine(_folder, $"block-{entry.Block:00000}-attack-{entry.Attack:00}.safetensors");

    private void Read(JsonObject identity, int blockSize, string path)
    {
        JsonObject evaluation = identity.DeepClone().AsObject(), header = new() { ["version"] = Version, ["evaluation"] = evaluation };
        using StreamReader reader = new(_stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        byte[] content = Encoding.UTF8.GetBytes(reader.ReadToEnd());
        long believed = 0;
        bool begun = false;
        foreach (string line in Lines(content))
        {
            if (Checked(line) is not { } text)
                break;
            if (begun)
            {
                JournalEntry entry = JsonSerializer.Deserialize<JournalEntry>(text, JournalJson)!;
                _entries[(entry.Block, entry.Attack)] = entry;
            }
            else
            {
                JsonObject stored = JsonNode.Parse(text)!.AsObject();
                evaluation["blockSize"] ??= stored["evaluation"]?["blockSize"]?.DeepClone();
                ThrowIfAnother(stored, header, path);
                begun = true;
            }
            believed += Encoding.UTF8.GetByteCount(line) + 1;
        }
        _stream.SetLength(believed);
        _stream.Position = believed;
        evaluation["blockSize"] ??= blockSize;
        BlockSize = evaluation["blockSize"]!.GetValue<int>();
        if (!begun)
            Write(header.ToJsonString(JournalJson));
    }

    private void ThrowIfAnother(JsonObject stored, JsonObject header, string path)
    {
        int version = (int?)stored["version"] ?? 0;
        if (version is < 1 or > Version)
            throw new InvalidDataException($"{path} has version {version}; this library goes on with journals of versions 1 to {Version}. Use the library that wrote it, or a newer one.");
        IReadOnlyList<string> differences = JsonDifference.Between(stored["evaluation"]!.ToJsonString(), header["evaluation"]!.ToJsonString());
        if (differences.Count > 0)
            throw new EvaluationJournalException(_folder, differences);
    }

    private void Write(string text)
    {
        _stream.Write(Encoding.UTF8.GetBytes($"{Checksum(text)} {text}\n"));
        _stream.Flush(flushToDisk: true);
    }

    /// <summary>The complete lines; what stands after the last end of line was cut off.</summary>
    private static IEnumerable<string> Lines(byte[] content)
    {
        int start = 0;
        for (int end = Array.IndexOf(content, (byte)'\n'); end >= 0; end = Array.IndexOf(content, (byte)'\n', start))
        {
            yield return Encoding.UTF8.GetString(content, start, end - start);
            start = end + 1;
        }
    }

    private static string? Checked(string line) =>
        line.Length > ChecksumLength + 1 && Checksum(line[(ChecksumLength + 1)..]) == line[..ChecksumLength] ? line[(ChecksumLength + 1)..] : null;

    private static string Checksum(string text) => DescriptionJson.Fingerprint(text)[..ChecksumLength];
}
