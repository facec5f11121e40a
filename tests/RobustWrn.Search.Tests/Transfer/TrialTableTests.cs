using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class TrialTableTests
{
    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("width", [16, 32, 48], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }))
        .Vary("depths, \"all\"", (ValueList<int>[])[[1, 1, 1], [1, 2, 1]],
            (spec, depths) => spec.WithDepths(depths[0], depths[1], depths[2]));

    private static Study<WideResNetSpec> Studied()
    {
        Study<WideResNetSpec> study = Study.Open(Space, new GridSampler(), seed: 1, options: new StudyOptions
        {
            Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share), StudyObjective.Minimise("MACs")],
        });
        while (study.Ask() is { } trial)
        {
            if (trial.Number == 2)
                study.TellFailed(trial, "NaN, \"loss\"\nat step 3");
            else
                study.Tell(trial, new TrialOutcome().With(Measure.Of("robust", new Proportion(trial.Number, 7)), new Measure("MACs", 1.5e9 / 7)));
        }
        return study;
    }

    [Fact]
    public void Read_OfWhatWasWritten_GivesTheOutcomesOfCompletedTrials()
    {
        using Study<WideResNetSpec> study = Studied();
        string table = TrialTable.Write(study.Trials);

        ValueList<KnownTrial> read = TrialTable.Read(table, Space.Dimensions);

        Assert.Equal(KnownTrial.Of(study.Trials), read);
        Assert.StartsWith("trial,state,width,\"depths, \"\"all\"\"\",robust,robust hits,robust total,MACs,attempts,seconds,reason\n0,completed,", table);
    }

    [Fact]
    public void Write_InAnotherCulture_IsTheSame()
    {
        using Study<WideResNetSpec> study = Studied();
        string table = TrialTable.Write(study.Trials.Select(trial => trial.WithoutTimes()));
        using ForeignCulture culture = new();

        Assert.Equal(table, TrialTable.Write(study.Trials.Select(trial => trial.WithoutTimes())));
        Assert.Equal(5, TrialTable.Read(table, Space.Dimensions).Count);
    }

    [Fact]
    public void Read_TableOfSomebodyElse_GivesNetworksToTryAndMeasures()
    {
        ValueList<KnownTrial> read = TrialTable.Read(
            "width,\"depths, \"\"all\"\"\",robust\n16,\"[1,1,1]\",0.25\n32,\"[1,2,1]\",\n", Space.Dimensions);

        Assert.Equal([0.25, null], read.Select(trial => trial.Outcome?.Find("robust")?.Value));
    }

    [Theory]
    [InlineData("", "must begin with a line of names")]
    [InlineData("width,robust\n16,1\n", "must be a column, since it is a dimension of the space")]
    [InlineData("width,width,\"depths, \"\"all\"\"\"\n", "must be the name of one column")]
    [InlineData("width,\"depths, \"\"all\"\"\",robust\n16,\"[1,1,1]\"\n", "must have 3 cells")]
    [InlineData("width,\"depths, \"\"all\"\"\",robust\n16,\"[1,1,1]\",good\n", "must have a number for \"robust\", got \"good\"")]
    [InlineData("width,\"depths, \"\"all\"\"\",r,r hits,r total\n16,\"[1,1,1]\",1,3,2\n", "must have hits out of a total for \"r\", got 3 of 2")]
    [InlineData("width,\"depths, \"\"all\"\"\"\n16,\"[1\"1,1]\"\n", "must have cells between commas")]
    public void Read_TableWithAFault_SaysWhichRow(string table, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<Exception>(() => TrialTable.Read(table, Space.Dimensions)).Message);
}
