using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class FolderStudyStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Study<WideResNetSpec> Open(string folder, RecordingLogger? log = null) =>
        Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 3, new FolderStudyStore(folder, log));

    private static ValueList<TrialRecord> RunToTheEnd(string folder, RecordingLogger? log = null)
    {
        using Study<WideResNetSpec> study = Open(folder, log);
        while (study.Ask() is { } trial)
            study.Tell(trial, new TrialOutcome(new Proportion(trial.Spec.Stages[^1].Width, 64)));
        return study.Trials;
    }

    [Fact]
    public void Trials_ReadBack_AreTheRecordsWritten()
    {
        ValueList<TrialRecord> written = RunToTheEnd(_folder.Path);
        using Study<WideResNetSpec> again = Open(_folder.Path);

        Assert.Equal(written, again.Trials);
        Assert.Null(again.Ask());
        Assert.Equal(
            [".lock", "study.json", "trial-000000.json", "trial-000001.json", "trial-000002.json", "trial-000003.json"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"hits\": ", "\"hits\": 1")]
    [InlineData("\"stem\"", "\"steam\"")]
    [InlineData("{", "")]
    [InlineData("\"version\": 2,", "")]
    [InlineData("\"version\": 2", "\"version\": 0")]
    [InlineData("\"version\": 2", "\"version\": -1")]
    [InlineData("\"version\": 2", "\"version\": 99")]
    public void Open_DamagedTrial_IsMovedAsideWithAWarningAndTriedAgainAsTheSameTrial(string text, string replacement)
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        string damaged = _folder.In("trial-000001.json"), content = File.ReadAllText(damaged);
        int at = content.IndexOf(text, StringComparison.Ordinal);
        File.WriteAllText(damaged, content.Remove(at, text.Length).Insert(at, replacement));
        RecordingLogger log = new();

        ValueList<TrialRecord> after = RunToTheEnd(_folder.Path, log);

        Assert.Equal(before.Select(Untimed), after.Select(Untimed));
        Assert.StartsWith($"Warning: {damaged} is not believed (", Assert.Single(log.Lines));
        Assert.True(File.Exists($"{damaged}.damaged"));
    }

    [Fact]
    public void Open_TruncatedOrMisplacedTrial_IsTriedAgain()
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        File.WriteAllText(_folder.In("trial-000003.json"), "");
        File.Copy(_folder.In("trial-000000.json"), _folder.In("trial-000002.json"), overwrite: true);
        RecordingLogger log = new();

        Assert.Equal(before.Select(Untimed), RunToTheEnd(_folder.Path, log).Select(Untimed));
        Assert.Contains(log.Lines, line => line.Contains("(it holds trial 0)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"seed\": 3", "\"seed\": 4")]
    [InlineData("\"version\": 2", "\"version\": 0")]
    [InlineData("{", "")]
    public void Open_DamagedOrMissingHeader_IsWrittenAgainWithAWarningAndNoTrialIsLost(string text, string replacement)
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        string header = _folder.In("study.json"), whole = File.ReadAllText(header);
        int at = whole.IndexOf(text, StringComparison.Ordinal);
        RecordingLogger log = new();

        File.WriteAllText(header, whole.Remove(at, text.Length).Insert(at, replacement));
        Assert.Equal(before, RunToTheEnd(_folder.Path, log));
        File.Delete(header);
        Assert.Equal(before, RunToTheEnd(_folder.Path, log));

        Assert.Equal(2, log.Lines.Count);
        Assert.All(log.Lines, line => Assert.StartsWith($"Warning: {header} is not believed (", line));
        Assert.Equal(whole, File.ReadAllText(header));
    }

    [Fact]
    public void Open_MissingHeaderBesideTrialsOfAnotherStudy_IsRefused()
    {
        RunToTheEnd(_folder.Path);
        File.Delete(_folder.In("study.json"));

        Assert.Contains("the 4 trials beside it are of another study", Assert.Throws<InvalidDataException>(() =>
            Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 4, new FolderStudyStore(_folder.Path))).Message);
        Assert.Equal(4, Directory.GetFiles(_folder.Path, "trial-*.json").Length);
    }

    [Fact]
    public void Open_TrialOfAnotherStudy_IsTriedAgain()
    {
        using TestFolder other = new();
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        using (Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 4,
            new FolderStudyStore(other.Path)))
        {
            while (study.Ask() is { } trial)
                study.Tell(trial, new TrialOutcome(new Proportion(1, 64)));
        }
        File.Copy(other.In("trial-000002.json"), _folder.In("trial-000002.json"), overwrite: true);
        RecordingLogger log = new();

        Assert.Equal(before.Select(Untimed), RunToTheEnd(_folder.Path, log).Select(Untimed));
        Assert.Contains("(it belongs to another study)", Assert.Single(log.Lines));
    }

    [Theory]
    [InlineData("study.json")]
    [InlineData("trial-000001.json")]
    public void Open_SoundFileOfANewerVersion_IsRefusedByName(string name)
    {
        RunToTheEnd(_folder.Path);
        JsonObject document = JsonNode.Parse(File.ReadAllText(_folder.In(name)))!.AsObject();
        document["version"] = 3;
        document.Remove("sha256");
        File.WriteAllText(_folder.In(name), SealedJson.Seal(document).ToJsonString());

        Assert.Equal(
            $"{_folder.In(name)} has version 3; this library reads version 2. Use the library that wrote it, or a newer one.",
            Assert.Throws<InvalidDataException>(() => Open(_folder.Path)).Message);
        Assert.True(File.Exists(_folder.In(name)));
    }

    [Fact]
    public void Open_RecordOfATrialMissing_SaysSoAndTriesItAgain()
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        File.Delete(_folder.In("trial-000001.json"));
        RecordingLogger log = new();

        using (Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 3, new FolderStudyStore(_folder.Path), logger: log))
            Assert.Contains("Warning: Trial 1 has no record, though later ones do; it will be tried again.", log.Lines);
        Assert.Equal(before.Select(Untimed), RunToTheEnd(_folder.Path).Select(Untimed));
    }

    [Fact]
    public void Tell_FolderDeletedMeanwhile_IsRefusedAndNothingIsMade()
    {
        string folder = _folder.In("study");
        using (Study<WideResNetSpec> study = Open(folder))
        {
            Trial<WideResNetSpec> trial = study.Ask()!;
            Directory.Delete(folder, recursive: true);

            Assert.Contains("it was deleted, moved or replaced", Assert.Throws<IOException>(() =>
                study.Tell(trial, new TrialOutcome(new Proportion(1, 2)))).Message);
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
        File.WriteAllText(_folder.In(".trial-000004.json.99-1.tmp"), "{ half");

        Assert.Equal(4, RunToTheEnd(_folder.Path).Count);
        Assert.False(File.Exists(_folder.In(".trial-000004.json.99-1.tmp")));
    }

    private static TrialRecord Untimed(TrialRecord trial) => trial with { Started = default, Finished = null, Seconds = null };
}
