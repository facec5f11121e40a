using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The log of a study as a file: a line of JSON for each fact, the last of its properties a checksum over the study and the line before it.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private const int ChecksumLength = 16;

    private const string ChecksumStart = ",\"check\":\"", ChecksumEnd = "\"}";

    private static readonly JsonSerializerOptions LineOptions = new(DescriptionJson.Options)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FileStream _stream;
    private readonly string _study;
    private string? _broken;

    private LogFile(FileStream stream, string study) => (_stream, _study) = (stream, study);

    /// <summary>Opens a log, or begins one; takes out what is damaged.</summary>
    /// <param name="path">The file.</param>
    /// <param name="header">The study that it must be of.</param>
    /// <param name="logger">Told of damage.</param>
    /// <param name="facts">The facts that are to be believed.</param>
    public static LogFile Open(string path, StudyHeader header, ILogger logger, out IReadOnlyList<LoggedFact> facts)
    {
        SpecialFile.Refuse(path);
        string study = header.Fingerprint;
        StudyLog log = new(header);
        List<LoggedFact> believed = [];
        bool whole = true, cut = false;
        if (File.Exists(path))
        {
            string text = File.ReadAllText(path);
            string[] lines = text.Split('\n');
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length == 0 && i == lines.Length - 1)
                    continue;
                string? fault = null;
                if (!TryRead(lines[i], study, out LoggedFact? fact))
                    fault = "it is not what was written";
                else if (i == lines.Length - 1)
                    fault = "it is cut off";
                else
                    fault = Followed(log, believed, fact);
                if (fault is not null && i == lines.Length - 1)
                {
                    // A fact counts when its line is whole.
                    cut = true;
                    SearchLog.CutLine(logger, path, i + 1);
                }
                else if (fault is not null)
                {
                    whole = false;
                    SearchLog.DamagedLine(logger, path, i + 1, fault);
                }
            }
        }
        if (!whole)
        {
            SearchLog.DamagedLog(logger, path, SealedFile.MoveAside(path));
            Write(path, header, believed);
        }
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (cut && whole)
                stream.SetLength(believed.Sum(fact => (long)Encoding.UTF8.GetByteCount(Line(fact, study))));
            stream.Position = stream.Length;
            facts = believed;
            return new LogFile(stream, study);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes a whole log, atomically.</summary>
    public static void Write(string path, StudyHeader header, IEnumerable<LoggedFact> facts) =>
        AtomicFile.WriteText(path, string.Concat(facts.Select(fact => Line(fact, header.Fingerprint))));

    /// <summary>Tells whether some line of a file is of a study.</summary>
    public static bool IsOf(string path, StudyHeader header) =>
        File.ReadAllText(path).Split('\n').Any(line => TryRead(line, header.Fingerprint, out _));

    /// <summary>Adds a fact, in full or not at all.</summary>
    public void Append(LoggedFact fact)
    {
        if (_broken is not null)
            throw new IOException($"{_stream.Name} cannot be written any more, since an earlier line could not be ({_broken}). "
                + "Open the study again.");
        long before = _stream.Position;
        try
        {
            _stream.Write(Encoding.UTF8.GetBytes(Line(fact, _study)));
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception e)
        {
            // Half a line would spoil the next one; where it cannot be taken back, the next opening does.
            _broken = e.Message;
            try
            {
                _stream.SetLength(before);
                _stream.Position = before;
                _stream.Flush(flushToDisk: true);
                _broken = null;
            }
            catch (IOException)
            {
                // _broken says so.
            }
            throw;
        }
    }

    public void Dispose() => _stream.Dispose();

    // Adds a fact, behind the claim that it needs where that one was lost.
    private static string? Followed(StudyLog log, List<LoggedFact> believed, LoggedFact fact)
    {
        int attempt = fact.Fact.ClaimsBefore ?? 0;
        bool shifted = fact.Position > log.Length;
        int lost = shifted && log.Find(fact.Fact.Trial) is { State: TrialState.Pending } trial ? attempt - trial.Attempts : 0;
        for (int i = 0; i < Math.Min(lost, fact.Position - log.Length); i++)
        {
            TrialClaimed claim = new() { Trial = fact.Fact.Trial, Attempt = attempt - lost + i + 1, Worker = "unknown" };
            Add(new LoggedFact(log.Length, fact.Time, claim));
        }
        LoggedFact placed = fact with { Position = log.Length };
        string? fault = log.Fault(placed);
        if (fault is null)
            Add(placed);
        return fault;

        void Add(LoggedFact added)
        {
            log.Apply(added);
            believed.Add(added);
        }
    }

    private static string Line(LoggedFact fact, string study)
    {
        string text = JsonSerializer.Serialize(fact, LineOptions)[..^1];
        return $"{text}{ChecksumStart}{Checksum(text, study)}{ChecksumEnd}\n";
    }

    private static string Checksum(string text, string study) => DescriptionJson.Fingerprint($"{study}\n{text}")[..ChecksumLength];

    private static bool TryRead(string line, string study, [NotNullWhen(true)] out LoggedFact? fact)
    {
        fact = null;
        int end = line.Length - ChecksumStart.Length - ChecksumLength - ChecksumEnd.Length;
        if (end < 1 || line[end..] != $"{ChecksumStart}{Checksum(line[..end], study)}{ChecksumEnd}")
            return false;
        try
        {
            fact = JsonSerializer.Deserialize<LoggedFact>($"{line[..end]}}}", LineOptions);
        }
        catch (Exception e) when (
            e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException or FormatException)
        {
            return false;
        }
        return fact?.Fact is not null;
    }
}
