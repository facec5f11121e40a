using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// An append-only record of an evaluation, a line for each attack on each block, each flushed to the disk before the evaluation goes on. A
/// line carries a checksum over itself and the first, which says what is evaluated, so that a line of another journal is none of this; the
/// first that is cut off or damaged ends what is believed, and is written again. Lines only say which examples fell, and what the images
/// that the attack returned must hash to: all else follows from the images and the model.
/// </summary>
internal sealed class EvaluationJournal : IDisposable
{
    private const int Version = 2, ChecksumLength = 16;

    private static readonly JsonSerializerOptions JournalJson = new(DescriptionJson.Options) { WriteIndented = false };

    private readonly FolderLock _lock;
    private readonly FileStream _stream;
    private readonly Dictionary<(long Block, int Attack), JournalEntry> _entries = [];
    private readonly string _folder;
    private readonly ILogger _logger;
    private string _header = "";

    private EvaluationJournal(string folder, FolderLock @lock, FileStream stream, ILogger logger) =>
        (_folder, _lock, _stream, _logger) = (folder, @lock, stream, logger);

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <param name="folder">Its folder; made if it does not exist.</param>
    /// <param name="identity">What decides the outcome of the evaluation; a block size of null goes on with the one the journal began with.</param>
    /// <param name="blockSize">Images attacked together, for a journal that begins.</param>
    /// <param name="logger">Told of damage; null is none.</param>
    /// <exception cref="EvaluationJournalException">The journal there is of another evaluation.</exception>
    /// <exception cref="InvalidDataException">It was written by another version.</exception>
    /// <exception cref="IOException">Another process has it open.</exception>
    public static EvaluationJournal Open(string folder, JsonObject identity, int blockSize, ILogger? logger = null)
    {
        string path = Path.Combine(folder, "journal.jsonl");
        FolderLock @lock = FolderLock.Take(folder);
        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            EvaluationJournal journal = new(folder, @lock, stream, logger ?? NullLogger.Instance);
            journal.Read(identity, blockSize, path);
            return journal;
        }
        catch
        {
            stream?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Images attacked together, from the first process that kept the journal on.</summary>
    public int BlockSize { get; private set; }

    public JournalEntry? Find(long block, int attack) => _entries.GetValueOrDefault((block, attack));

    /// <summary>
    /// The images an attack returned for the survivors of a block; null when they are not what the entry says. The caller disposes them.
    /// </summary>
    public Tensor? Images(JournalEntry entry)
    {
        string path = ImagesPath(entry), reason;
        try
        {
            using NamedTensors tensors = Safetensors.Read(path);
            if (TensorHash.Of(tensors.Pairs) == entry.Images)
                return tensors["images"].alias().DetachFromDisposeScope();
            reason = "its content does not have the SHA-256 that the journal names";
        }
        catch (Exception e) when (e is WeightsFileException or EndOfStreamException or FileNotFoundException)
        {
            reason = e is FileNotFoundException ? "it is missing" : e.Message;
        }
        JournalLog.LostImages(_logger, path, reason);
        return null;
    }

    /// <summary>Records what an attack did. The images come first, so that a line never promises what is not there.</summary>
    public void Append(JournalEntry entry, Tensor? images)
    {
        _lock.ThrowIfLost();
        if (images is not null)
        {
            KeyValuePair<string, Tensor>[] tensors = [KeyValuePair.Create("images", images)];
            Safetensors.Write(ImagesPath(entry), tensors);
            entry = entry with { Images = TensorHash.Of(tensors) };
        }
        Write(JsonSerializer.Serialize(entry, JournalJson));
        _entries[(entry.Block, entry.Attack)] = entry;
    }

    public void Dispose()
    {
        _stream.Dispose();
        _lock.Dispose();
    }

    private string ImagesPath(JournalEntry entry) => Path.Combine(_folder, $"block-{entry.Block:00000}-attack-{entry.Attack:00}.safetensors");

    private void Read(JsonObject identity, int blockSize, string path)
    {
        JsonObject evaluation = identity.DeepClone().AsObject(), header = new() { ["version"] = Version, ["evaluation"] = evaluation };
        using StreamReader reader = new(_stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        string[] lines = [.. Lines(Encoding.UTF8.GetBytes(reader.ReadToEnd()))];
        long believed = 0;
        int line = 0;
        for (; line < lines.Length && Checked(lines[line]) is { } text; line++)
        {
            if (line == 0)
            {
                JsonObject stored = JsonNode.Parse(text)!.AsObject();
                evaluation["blockSize"] ??= stored["evaluation"]?["blockSize"]?.DeepClone();
                ThrowIfAnother(stored, header, path);
                _header = text;
            }
            else
            {
                JournalEntry entry = JsonSerializer.Deserialize<JournalEntry>(text, JournalJson)!;
                _entries[(entry.Block, entry.Attack)] = entry;
            }
            believed += Encoding.UTF8.GetByteCount(lines[line]) + 1;
        }
        if (line < lines.Length)
            JournalLog.Damaged(_logger, path, line + 1, lines.Length - line - 1);
        _stream.SetLength(believed);
        _stream.Position = believed;
        evaluation["blockSize"] ??= blockSize;
        BlockSize = evaluation["blockSize"]!.GetValue<int>();
        if (_header.Length > 0)
            return;
        string first = header.ToJsonString(JournalJson);
        Write(first);
        _header = first;
    }

    private void ThrowIfAnother(JsonObject stored, JsonObject header, string path)
    {
        int version = (int?)stored["version"] ?? 0;
        if (version != Version)
            throw new InvalidDataException($"{path} has version {version}; this library goes on with journals of version {Version}. Use "
                + "the library that wrote it, or choose another folder to begin anew.");
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

    private string? Checked(string line) =>
        line.Length > ChecksumLength + 1 && line[ChecksumLength] == ' ' && Checksum(line[(ChecksumLength + 1)..]) == line[..ChecksumLength]
            ? line[(ChecksumLength + 1)..] : null;

    private string Checksum(string text) => DescriptionJson.Fingerprint(_header + text)[..ChecksumLength];
}
