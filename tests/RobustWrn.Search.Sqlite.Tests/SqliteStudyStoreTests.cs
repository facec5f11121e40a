using Microsoft.Data.Sqlite;
using RobustWrn.Core;

namespace RobustWrn.Search.Sqlite.Tests;

public sealed class SqliteStudyStoreTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string File => _folder.In("study.db");

    private static Study<WideResNetSpec> Open(string file, long seed = 3, WarningLog? log = null) => Study.Open(
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1)).Vary("width", [16, 32, 48, 64],
            (spec, width) => spec.WithStage(^1, stage => stage with { Width = width })),
        new RandomSampler(), seed, new SqliteStudyStore(file, log));

    private static ValueList<TrialRecord> RunToTheEnd(string file, WarningLog? log = null)
    {
        using Study<WideResNetSpec> study = Open(file, log: log);
        while (study.Ask() is { } trial)
            study.Tell(trial, new Proportion(trial.Spec.Stages[^1].Width, 64));
        return study.Trials.Select(trial => trial.WithoutTimes()).ToValueList();
    }

    private void Sql(string sql)
    {
        using SqliteConnection connection = new($"Data Source={File};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string[] Damaged => Directory.GetFiles(_folder.Path, "*.damaged");

    [Fact]
    public void Open_FinishedStudy_GivesItsTrialsAndLeavesOneFile()
    {
        ValueList<TrialRecord> before = RunToTheEnd(File);

        Assert.Equal(4, before.Count);
        Assert.Equal(before, RunToTheEnd(File));
        Assert.Equal(["study.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("UPDATE facts SET line = replace(line, '\"trial\":1', '\"trial\":7') WHERE position = 3")]
    [InlineData("UPDATE facts SET line = replace(line, '\"hits\":', '\"hits\":1') WHERE position = 5")]
    [InlineData("UPDATE facts SET line = 'nothing' WHERE position = 4")]
    [InlineData("DELETE FROM facts WHERE position = 4")]
    [InlineData("UPDATE facts SET line = (SELECT line FROM facts WHERE position = 2) WHERE position = 5")]
    [InlineData("DELETE FROM facts WHERE position > 5")]
    [InlineData("DELETE FROM leases")]
    public void Open_DamagedRow_IsLeftOutAndEndsInTheSameTrials(string damage)
    {
        ValueList<TrialRecord> before = RunToTheEnd(File);
        Sql(damage);
        WarningLog log = new();

        Assert.Equal(before, RunToTheEnd(File, log));
        // What is cut off at the end never counted, which nobody can know.
        bool seen = !damage.Contains('>') && !damage.Contains("leases");
        Assert.Equal(seen, log.Lines.Count > 0);
        Assert.Equal(seen ? 1 : 0, Damaged.Length);
        WarningLog again = new();
        Assert.Equal(before, RunToTheEnd(File, again));
        Assert.Empty(again.Lines);
    }

    [Fact]
    public void Open_DamagedHeader_IsWrittenAgainForTheStudyOfItsFactsAlone()
    {
        ValueList<TrialRecord> before = RunToTheEnd(File);
        Sql("UPDATE study SET header = replace(header, '\"seed\": 3', '\"seed\": 4')");

        Assert.Contains("no fact there is of the study asked for", Assert.Throws<InvalidDataException>(() => Open(File, seed: 4)).Message);
        WarningLog log = new();
        Assert.Equal(before, RunToTheEnd(File, log));
        Assert.Single(log.Lines);
    }

    [Fact]
    public void Read_RepairedByAnotherMeanwhile_SaysSo()
    {
        using Study<WideResNetSpec> study = Open(File);
        Trial<WideResNetSpec> trial = study.Ask()!;
        study.Tell(trial, new Proportion(1, 2));
        Sql("UPDATE facts SET line = 'nothing' WHERE position = 2");
        using (Open(File))
        {
            Assert.Equal($"{File} was damaged, and another process has taken the damage out. Open the study again.",
                Assert.Throws<IOException>(() => study.Ask()).Message);
        }
    }

    [Theory]
    [InlineData("a text that is no database, and long enough to have a header of a hundred bytes if it were one of them, which it is not")]
    public void Open_OtherFile_IsRefusedAndLeftAsItIs(string text)
    {
        System.IO.File.WriteAllText(File, text);

        Assert.Equal($"{File} must be a study, but is no database of SQLite. Choose another file.",
            Assert.Throws<InvalidDataException>(() => Open(File)).Message);
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefused()
    {
        Sql("CREATE TABLE mine (a INTEGER)");

        Assert.Equal($"{File} must be a study, but is another program's database. Choose another file.",
            Assert.Throws<InvalidDataException>(() => Open(File)).Message);
    }

    [Fact]
    public void Open_NewerVersion_IsRefusedByName()
    {
        RunToTheEnd(File);
        Sql("PRAGMA user_version = 2");

        Assert.Equal($"{File} has version 2; this library reads version 1. Use the library that wrote it, or a newer one.",
            Assert.Throws<InvalidDataException>(() => Open(File)).Message);
    }

    [Fact]
    public void Open_FolderInItsPlace_IsRefused()
    {
        Directory.CreateDirectory(File);

        Assert.Equal($"{File} must be a file, but is a folder. Choose another name.",
            Assert.Throws<IOException>(() => Open(File)).Message);
    }

    [Fact]
    public void Open_OtherStudy_IsRefusedWithTheDifference()
    {
        RunToTheEnd(File);

        Assert.Contains("seed: stored 3, now 4", Assert.Throws<StudyMismatchException>(() => Open(File, seed: 4)).Message);
    }

    [Fact]
    public void Ask_TwoStudiesOnOneFile_ShareTheTrials()
    {
        using Study<WideResNetSpec> first = Open(File), second = Open(File);

        Assert.Equal([0, 1, 2], ((Study<WideResNetSpec>[])[first, second, first]).Select(study => study.Ask()!.Number));
        first.Dispose();
        Assert.Equal([(0, 2), (2, 2), (3, 1)], Enumerable.Range(0, 3).Select(_ => second.Ask()!).Select(trial =>
            (trial.Number, trial.Attempt)));
    }
}
