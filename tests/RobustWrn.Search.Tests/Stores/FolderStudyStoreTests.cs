using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class FolderStudyStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

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
            ["study.json", "study.lock", "trial-000000.json", "trial-000001.json", "trial-000002.json", "trial-000003.json"],
            Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("\"hits\": ", "\"hits\": 1")]
    [InlineData("\"stem\"", "\"steam\"")]
    [InlineData("{", "")]
    [InlineData("\"version\": 1,", "")]
    public void Open_DamagedTrial_IsMovedAsideWithAWarningAndTriedAgainAsTheSameTrial(string text, string replacement)
    {
        ValueList<TrialRecord> before = RunToTheEnd(_folder.Path);
        string damaged = _folder.In("trial-000001.json"), content = File.ReadAllText(damaged);
        int at = content.IndexOf(text, StringComparison.Ordinal);
        File.WriteAllText(damaged, content.Remove(at, text.Length).Insert(at, replacement));
        RecordingLogger log = new();

        ValueList<TrialRecord> after = RunToTheEnd(_folder.Path, log);

        Assert.Equal(before.Select(Untimed), after.Select(Untimed));
        Assert.StartsWith($"Warning: {damaged} is damaged (", Assert.Single(log.Lines));
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

    [Fact]
    public void Open_DamagedHeader_IsRefused()
    {
        RunToTheEnd(_folder.Path);
        string header = _folder.In("study.json");
        File.WriteAllText(header, File.ReadAllText(header).Replace("\"seed\": 3", "\"seed\": 4"));

        Assert.Equal(
            $"{header} is damaged (its content does not have the SHA-256 it names). Restore it from a copy, or choose another folder.",
            Assert.Throws<InvalidDataException>(() => Open(_folder.Path)).Message);
        File.Delete(header);
        Assert.Equal(
            $"{_folder.Path} must hold study.json beside its 4 trial files, but it is missing. Restore it from a copy, or choose another folder.",
            Assert.Throws<InvalidDataException>(() => Open(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("study.json")]
    [InlineData("trial-000001.json")]
    public void Open_NewerVersion_IsRefusedByName(string name)
    {
        RunToTheEnd(_folder.Path);
        JsonObject document = JsonNode.Parse(File.ReadAllText(_folder.In(name)))!.AsObject();
        document["version"] = 2;
        File.WriteAllText(_folder.In(name), document.ToJsonString());

        Assert.Equal(
            $"{_folder.In(name)} has version 2; this library reads version 1. Use the library that wrote it, or a newer one.",
            Assert.Throws<InvalidDataException>(() => Open(_folder.Path)).Message);
        Assert.True(File.Exists(_folder.In(name)));
    }

    [Fact]
    public void Open_WhileAnotherStudyIsThere_IsRefusedUntilItIsDisposed()
    {
        using (Open(_folder.Path))
            Assert.StartsWith("a study is used by one process at a time", Assert.Throws<IOException>(() => Open(_folder.Path)).Message);
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
            $"{folder} must be a folder, but {file} is a file. Choose another folder for the study.",
            Assert.Throws<IOException>(() => Open(folder)).Message);
    }

    [Fact]
    public void Open_UnfinishedWriteOfAKilledProcess_IsRemoved()
    {
        RunToTheEnd(_folder.Path);
        File.WriteAllText(_folder.In(".trial-000004.json.99.tmp"), "{ half");

        Assert.Equal(4, RunToTheEnd(_folder.Path).Count);
        Assert.False(File.Exists(_folder.In(".trial-000004.json.99.tmp")));
    }

    private static TrialRecord Untimed(TrialRecord trial) => trial with { Started = default, Finished = null, Seconds = null };
}
