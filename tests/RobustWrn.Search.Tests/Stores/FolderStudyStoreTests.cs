using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class FolderStudyStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string LogPath => _folder.In("log.jsonl");

    private static Study<WideResNetSpec> Open(string folder, RecordingLogger? log = null, long seed = 3) =>
        Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed, new FolderStudyStore(folder, log));

    private static ValueList<TrialRecord> RunToTheEnd(string folder, RecordingLogger? log = null)
    {
        using Study<WideResNetSpec> study = Open(folder, log);
        while (study.Ask() is { } trial)
            study.Tell(trial, new Proportion(trial.Spec.Stages[^1].Width, 64));
        return study.Trials;
    }

    private static ValueList<TrialRecord> Untimed(ValueList<TrialRecord> trials) => trials.Select(trial => trial.WithoutTimes())
        .ToValueList();

    private static string Changed(string text, string part, string replacement)
    {
        int at = text.IndexOf(part, StringComparison.Ordinal);
        Assert.InRange(at, 0, int.MaxValue);
        return text.Remove(at, part.Length).Insert(at, replacement);
    }

    [Fact]
    public void Trials_ReadBack_AreTheRecordsWritten()
    {
        ValueList<TrialRecord> written = RunToTheEnd(_folder.Path);
        using Study<WideResNetSpec> again = Open(_folder.Path);

        Assert.Equal(written, again.Trials);
        Assert.Null(again.Ask());
        Assert.Equal([".lock", "log.jsonl", "study.json"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName)
            .Order(StringComparer.Ordinal));
        // Asked, claimed and told.
        string[] lines = File.ReadAllLines(LogPath);
        Assert.Equal(12, lines.Length);
        Assert.All(lines, line => Assert.IsType<JsonObject>(JsonNode.Parse(line)));
    }

    /// <summary>Lines 4 to 6 are of trial 1: asked, claimed, told.</summary>
    [Theory]
    [InlineData(3, "\"trial\":1", "\"trial\":7")]
    [InlineData(4, "\"attempt\":1", "\"attempt\":2")]
    [InlineData(5, "\"hits\":", "\"hits\":1")]
    [InlineData(5, "{", "")]
    [InlineData(5, "\"check\":\"", "\"check\":\"0")]
    [InlineData(3, "\"fact\":\"asked\"", "\"fact\":\"guessed\"")]
    public void Open_DamagedLine_IsLeftOutWithAWarningAndEndsInTheSameTrials(int line, string text, string replacement)
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        string[] lines = File.ReadAllLines(LogPath);
        lines[line] = Changed(lines[line], text, replacement);
        File.WriteAllText(LogPath, string.Join('\n', lines) + '\n');
        RecordingLogger log = new();

        ValueList<TrialRecord> after = RunToTheEnd(_folder.Path, log);

        Assert.Equal(Untimed(before), Untimed(after));
        Assert.StartsWith($"Warning: Line {line + 1} of {LogPath} is not believed (", log.Lines[0]);
        Assert.True(File.Exists($"{LogPath}.damaged"));
        RecordingLogger again = new();
        Assert.Equal(after, RunToTheEnd(_folder.Path, again));
        Assert.Empty(again.Lines);
    }

    [Fact]
    public void Open_EveryFlippedByte_EndsInTheSameTrials()
    {
        ValueList<TrialRecord> before = Untimed(RunToTheEnd(_folder.Path));
        byte[] sound = File.ReadAllBytes(LogPath);
        for (int at = 0; at < sound.Length; at += 97)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 0x04;
            File.WriteAllBytes(LogPath, damaged);
            Assert.Equal(before, Untimed(RunToTheEnd(_folder.Path)));
        }
    }

    /// <summary>A process that is killed, or a machine that loses power, leaves any part of the last line.</summary>
    [Fact]
    public void Open_CutAnywhere_GoesOnToTheSameTrials()
    {
        ValueList<TrialRecord> before = Untimed(RunToTheEnd(_folder.Path));
        byte[] sound = File.ReadAllBytes(LogPath);
        for (int length = 0; length <= sound.Length; length += 61)
        {
            File.WriteAllBytes(LogPath, sound[..length]);
            Assert.Equal(before, Untimed(RunToTheEnd(_folder.Path)));
            Assert.False(File.Exists($"{LogPath}.damaged"));
        }
    }

    [Fact]
    public void Open_LostClaim_KeepsWhatWasTold()
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        List<string> lines = [.. File.ReadAllLines(LogPath)];
        Assert.Contains("\"claimed\"", lines[4]);
        lines.RemoveAt(4);
        File.WriteAllText(LogPath, string.Join('\n', lines) + '\n');

        using Study<WideResNetSpec> study = Open(_folder.Path);
        Assert.Equal(Untimed(before), Untimed(study.Trials));
        Assert.Null(study.Ask());
    }

    [Fact]
    public void Open_LineOfAnotherStudyOrTwice_IsLeftOut()
    {
        using TestFolder other = new();
        ValueList<TrialRecord> before = Untimed(RunToTheEnd(_folder.Path));
        using (Study<WideResNetSpec> study = Open(other.Path, seed: 4))
            _ = study.Ask();
        List<string> lines = [.. File.ReadAllLines(LogPath)];
        lines.Insert(2, File.ReadAllLines(other.In("log.jsonl"))[0]);
        lines.Insert(7, lines[6]);
        File.WriteAllText(LogPath, string.Join('\n', lines) + '\n');

        Assert.Equal(before, Untimed(RunToTheEnd(_folder.Path)));
    }

    [Theory]
    [InlineData("\"seed\": 3", "\"seed\": 4")]
    [InlineData("\"version\": 3", "\"version\": 0")]
    [InlineData("{", "")]
    public void Open_DamagedOrMissingHeader_IsWrittenAgainWithAWarningAndNoTrialIsLost(string text, string replacement)
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        string header = _folder.In("study.json"), whole = File.ReadAllText(header);
        RecordingLogger log = new();

        File.WriteAllText(header, Changed(whole, text, replacement));
        Assert.Equal(before, RunToTheEnd(_folder.Path, log));
        File.Delete(header);
        Assert.Equal(before, RunToTheEnd(_folder.Path, log));

        Assert.Equal(2, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.StartsWith($"Warning: {header} is not believed (", line));
        Assert.Equal(whole, File.ReadAllText(header));
    }

    [Fact]
    public void Open_MissingHeaderBesideALogOfAnotherStudy_IsRefused()
    {
        RunToTheEnd(_folder.Path);
        File.Delete(_folder.In("study.json"));
        byte[] log = File.ReadAllBytes(LogPath);

        Assert.Contains("no line of the log beside it is of the study asked for", Assert.Throws<InvalidDataException>(() =>
            Open(_folder.Path, seed: 4)).Message);
        Assert.Equal(log, File.ReadAllBytes(LogPath));
    }

    [Fact]
    public void Open_SoundHeaderOfANewerVersion_IsRefusedByName()
    {
        RunToTheEnd(_folder.Path);
        JsonObject document = JsonNode.Parse(File.ReadAllText(_folder.In("study.json")))!.AsObject();
        document["version"] = 4;
        document.Remove("sha256");
        File.WriteAllText(_folder.In("study.json"), SealedJson.Seal(document).ToJsonString());

        Assert.Equal(
            $"{_folder.In("study.json")} has version 4; this library reads version 3. Use the library that wrote it, or a newer one.",
            Assert.Throws<InvalidDataException>(() => Open(_folder.Path)).Message);
    }

    [Fact]
    public void Open_AskedLineMissing_SaysSoAndTriesTheTrialAgain()
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        List<string> lines = [.. File.ReadAllLines(LogPath)];
        lines.RemoveAt(3);
        File.WriteAllText(LogPath, string.Join('\n', lines) + '\n');
        RecordingLogger log = new();

        using (Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 3, new FolderStudyStore(_folder.Path),
            new StudyOptions { Logger = log }))
            Assert.Contains("Warning: Trial 1 has no record, though later ones do; it will be tried again.", log.Lines);
        Assert.Equal(Untimed(before), Untimed(RunToTheEnd(_folder.Path)));
    }

    [Fact]
    public void Tell_FolderDeletedMeanwhile_IsRefusedAndNothingIsMade()
    {
        string folder = _folder.In("study");
        using (Study<WideResNetSpec> study = Open(folder))
        {
            Trial<WideResNetSpec> trial = study.Ask()!;
            Directory.Delete(folder, recursive: true);

            Assert.Contains("it was deleted, moved or replaced", Assert.Throws<IOException>(() => study.Tell(trial, 0.5)).Message);
        }
        Assert.False(Directory.Exists(folder));
        Assert.Equal(4, RunToTheEnd(folder).Count);
    }

    [Fact]
    public void Open_WhileAnotherStudyIsThere_IsRefusedUntilItIsDisposed()
    {
        using (Open(_folder.Path))
            Assert.StartsWith($"{_folder.Path} is in use by another process", Assert.Throws<IOException>(() => Open(_folder.Path)).Message);
        using Study<WideResNetSpec> free = Open(_folder.Path);
        Assert.NotNull(free.Ask());
    }

    [Theory]
    [InlineData("file")]
    [InlineData("file/study")]
    [InlineData("file/below/study")]
    public void Open_FolderAtOrBelowARegularFile_NamesTheFile(string name)
    {
        string file = _folder.In("file"), folder = Path.GetFullPath(_folder.In(name));
        File.WriteAllText(file, "");

        Assert.Equal(
            $"{folder} must be a folder, but {file} is a file. Choose another folder.",
            Assert.Throws<IOException>(() => Open(folder)).Message);
    }

    [Fact]
    public void Open_UnfinishedWriteOfAKilledProcess_IsRemoved()
    {
        RunToTheEnd(_folder.Path);
        File.WriteAllText(_folder.In(".log.jsonl.99-1.tmp"), "{ half");

        Assert.Equal(4, RunToTheEnd(_folder.Path).Count);
        Assert.False(File.Exists(_folder.In(".log.jsonl.99-1.tmp")));
    }
}
