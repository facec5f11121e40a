using System.Text;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The log of a study as a file: a line of JSON for each fact, the last of its properties a checksum over the study and the line before it.
/// </summary>
internal sealed class LogFile : IDisposable
{
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
        BelievedFacts believed = new(header);
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
                if (!FactLine.TryRead(lines[i], study, out LoggedFact? fact))
                    fault = "it is not what was written";
                else if (i == lines.Length - 1)
                    fault = "it is cut off";
                else
                    fault = believed.Take(fact);
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
            Write(path, header, believed.Facts);
        }
        FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (cut && whole)
                stream.SetLength(believed.Facts.Sum(fact => (long)Encoding.UTF8.GetByteCount(Line(fact, study))));
            stream.Position = stream.Length;
            facts = believed.Facts;
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
        File.ReadAllText(path).Split('\n').Any(line => FactLine.TryRead(line, header.Fingerprint, out _));

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

    private static string Line(LoggedFact fact, string study) => $"{FactLine.Of(fact, study)}\n";
}
