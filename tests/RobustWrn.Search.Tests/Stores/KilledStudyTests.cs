using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class KilledStudyTests
{
    [Theory]
    [InlineData(1, "asked 0")]
    [InlineData(6, "told 2")]
    [InlineData(7, "asked 3")]
    public void Open_AfterAKill_GoesOnAndEndsInTheSameRecords(int steps, string last)
    {
        using TestFolder killed = new(), uninterrupted = new();
        using (StudyProcess process = StudyProcess.Start(killed.Path))
        {
            string step = "";
            for (int i = 0; i < steps; i++)
                step = process.Step();
            Assert.Equal(last, step);
        }

        Assert.Equal(Run(uninterrupted.Path), Run(killed.Path));
    }

    [Fact]
    public void Open_WhileAnotherProcessRunsTheStudy_IsRefusedUntilThatIsKilled()
    {
        using TestFolder folder = new();
        using StudyProcess process = StudyProcess.Start(folder.Path);
        Assert.Equal("asked 0", process.Step());

        Assert.Equal(
            $"{folder.Path} is in use by another process. Wait until it ends, or choose another folder.",
            Assert.Throws<IOException>(() => StudyProcess.Open(folder.Path)).Message);
        process.Kill();
        using Study<WideResNetSpec> study = StudyProcess.Open(folder.Path);
        Assert.Equal(0, study.Ask()!.Number);
    }

    private static ValueList<TrialRecord> Run(string folder)
    {
        using Study<WideResNetSpec> study = StudyProcess.Open(folder);
        while (study.Ask() is { } trial)
            study.Tell(trial, StudyProcess.Judge(trial));
        Assert.Equal(6, study.Trials.Count);
        return study.Trials.Select(trial => trial.WithoutTimes()).ToValueList();
    }
}
