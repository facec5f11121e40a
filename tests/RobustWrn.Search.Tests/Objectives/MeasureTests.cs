using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>An upper bound is told, stored and printed as one, and is never taken for a number that was measured.</summary>
public sealed class MeasureTests
{
    private static readonly Measure Bound = Measure.AtMost("robust", new Proportion(412, 1_000));

    [Fact]
    public void ToString_Bound_SaysAtMostWithoutAnInterval()
    {
        Assert.Equal("robust at most 41.2 %", Bound.ToString());
        Assert.StartsWith("robust 41.2 % [", Measure.Of("robust", new Proportion(412, 1_000)).ToString(), StringComparison.Ordinal);
        Assert.Equal("robust at most 41.2 %", new TrialOutcome { Measures = [Bound] }.ToString());
    }

    [Theory]
    [InlineData("""{"name":"robust","value":0.5,"share":{"hits":1,"total":2}}""", false)]
    [InlineData("""{"name":"robust","value":0.5,"share":{"hits":1,"total":2},"isUpperBound":true}""", true)]
    public void Json_OfBeforeThereWereBoundsOrSince_ComesBackByteForByte(string stored, bool isBound)
    {
        JsonSerializerOptions options = new(DescriptionJson.Options) { WriteIndented = false };

        Measure read = JsonSerializer.Deserialize<Measure>(stored, options)!;

        Assert.Equal(isBound ? Measure.AtMost("robust", new Proportion(1, 2)) : Measure.Of("robust", new Proportion(1, 2)), read);
        Assert.Equal(stored, JsonSerializer.Serialize(read, options));
        Assert.Equal(isBound, read.ToString().Contains("at most", StringComparison.Ordinal));
    }

    [Fact]
    public void Problems_BoundThatSaysNothing_IsRefused()
    {
        TrialOutcome outcome = new()
        {
            Measures = [new Measure("robust", 0.4) { IsUpperBound = true }, Measure.AtMost("loss", new Proportion(1, 2))],
        };

        Assert.Equal(
        [
            "\"robust\": must be hits out of a total where it is an upper bound, got the plain number 0.4. Write Measure.AtMost.",
            "\"loss\": must be measured, since less of it is better, got an upper bound (loss at most 50.0 %), which says nothing of how "
                + "good the trial may be.",
        ], outcome.ProblemsFor([StudyObjective.Maximise("robust"), StudyObjective.Minimise("loss")], []).Select(problem => problem.ToString()));
        Assert.Empty(new TrialOutcome { Measures = [Bound] }.ProblemsFor([StudyObjective.Maximise("robust", ObjectiveKind.Share)], []));
    }

    [Fact]
    public void Tell_Bound_ComesBackFromTheFolderAsOne()
    {
        using TestFolder folder = new();
        StudyOptions options = new() { Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share)] };
        TrialOutcome told = new()
        {
            Measures = [Bound],
            Verdicts = [new NamedVerdicts(NamedVerdicts.Standing, BitRow.Of(Enumerable.Range(0, 1_000).Select(i => i < 412)))],
        };
        using (Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16), new GridSampler(), 1, new FolderStudyStore(folder.Path), options))
            study.Tell(study.Ask()!, told);

        using Study<WideResNetSpec> again = Study.Open(
            Spaces.Widths(16), new GridSampler(), 1, new FolderStudyStore(folder.Path), options);

        Assert.Equal(told, again.Trials[0].Outcome);
        Assert.True(again.Trials[0].Outcome!.Find("robust")!.IsUpperBound);
        Assert.Equal(told, again.Best!.Outcome); // there is no other
        Assert.Empty(again.Front());
    }
}
