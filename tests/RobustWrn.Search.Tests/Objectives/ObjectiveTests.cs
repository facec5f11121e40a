using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ObjectiveTests
{
    private static readonly StudyOptions Two = new()
    {
        Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share), StudyObjective.Minimise("MACs")],
        Constraints = [StudyConstraint.Least("clean", 0.8, tolerance: 0.01), StudyConstraint.Most("ms", 5)],
    };

    private static Study<WideResNetSpec> Open(StudyOptions? options = null) =>
        Study.Open(Spaces.Widths([.. Enumerable.Range(1, 10)]), new GridSampler(), seed: 1, options: options);

    private static TrialOutcome Of(long robust, double macs, double clean = 0.9, double milliseconds = 1) => new TrialOutcome().With(
        Measure.Of("robust", new Proportion(robust, 100)), new Measure("MACs", macs), new Measure("clean", clean),
        new Measure("ms", milliseconds));

    [Fact]
    public void Tell_PlainNumber_IsRankedAsItIs()
    {
        using Study<WideResNetSpec> study = Open(new StudyOptions { Objectives = [StudyObjective.Minimise("loss")] });
        foreach (double loss in (double[])[2.5, -1e300, 7])
            study.Tell(study.Ask()!, loss);

        Assert.Equal([1, 0, 2], study.Ranking().Select(trial => trial.Number));
        Assert.Equal(-1e300, study.Best!.Measured("loss"));
    }

    [Fact]
    public void Front_SeveralObjectives_HasWhatNoFeasibleTrialBeats()
    {
        using Study<WideResNetSpec> study = Open(Two);
        TrialOutcome[] told = [Of(50, 10), Of(40, 5), Of(45, 12), Of(99, 1, clean: 0.5), Of(60, 20, clean: 0.79),
            Of(98, 1, milliseconds: 6)];
        foreach (TrialOutcome outcome in told)
            study.Tell(study.Ask()!, outcome);

        Assert.Equal([0, 1, 4], study.Front().Select(trial => trial.Number));
        // Behind those that keep the limits, the one that breaks them by a fifth before the one that does by three eighths.
        Assert.Equal([5, 3], study.Ranking().TakeLast(2).Select(trial => trial.Number));
    }

    [Fact]
    public void Tell_OutcomeWithoutAnObjective_NamesEveryOne()
    {
        using Study<WideResNetSpec> study = Open(Two);
        Trial<WideResNetSpec> trial = study.Ask()!;

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            study.Tell(trial, new TrialOutcome().With(new Measure("robust", 0.5), new Measure("clean", 0.9))));

        Assert.Equal(
        [
            "\"MACs\": must be measured, since the study has an objective or a constraint of this name, but the measures are \"robust\", \"clean\".",
            "\"ms\": must be measured, since the study has an objective or a constraint of this name, but the measures are \"robust\", \"clean\".",
            "\"robust\": must be hits out of a total, since the objective is a share, got a plain number. Write Measure.Of, or make the objective a number.",
        ], refused.Problems.Select(problem => problem.ToString()));
        Assert.StartsWith("one value tells a study of one objective, but this one has 2.",
            Assert.Throws<InvalidOperationException>(() => study.Tell(trial, 0.5)).Message);
        Assert.Equal(TrialState.Pending, study.Trials[0].State);
    }

    [Fact]
    public void Open_OptionsWithEveryFault_SaysAllAtOnce()
    {
        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => Open(new StudyOptions
        {
            Width = 0,
            MaxTrials = 0,
            Objectives = [StudyObjective.Maximise("a"), StudyObjective.Minimise("a"), StudyObjective.Maximise(" ")],
            Constraints = [StudyConstraint.Most("b", double.NaN, tolerance: -1), StudyConstraint.Most("b", 1)],
        }));

        Assert.Equal(
            ["Objectives[2].Name", "Objectives", "Constraints[0].Limit", "Constraints[0].Tolerance", "Constraints", "Width", "MaxTrials"],
            refused.Problems.Select(problem => problem.Subject));
        Assert.Throws<InvalidDescriptionException>(() => Open(new StudyOptions { Objectives = [] }));
    }

    [Theory]
    [InlineData(true, 0.8, 0.01, 0.79, 0)]
    [InlineData(true, 0.8, 0.01, 0.75, 0.05)]
    [InlineData(false, 100, 0, 150, 0.5)]
    [InlineData(false, 100, 0, 50, -0.5)]
    [InlineData(false, 0, 0, 2, 2)]
    public void Excess_Value_IsTheShareBeyondLimitAndTolerance(bool least, double limit, double tolerance, double value, double expected) =>
        Assert.Equal(expected, new StudyConstraint("x", least, limit, tolerance).Excess(value), 12);

    [Fact]
    public void Open_OtherObjectivesConstraintsOrWidth_IsRefusedWithTheDifference()
    {
        MemoryStudyStore store = new();
        Study.Open(Spaces.Widths(16, 32), new GridSampler(), 1, store, Two).Dispose();

        StudyMismatchException refused = Assert.Throws<StudyMismatchException>(() => Study.Open(
            Spaces.Widths(16, 32), new GridSampler(), 1, store, Two with { Width = null, Constraints = [] }));

        Assert.Equal("width: stored batches of 8, now free-running", refused.Differences[0]);
        Assert.StartsWith("constraints: stored [{\"name\":\"clean\"", refused.Differences[1]);
    }

    [Fact]
    public void Tell_Verdicts_ComeBackBitByBit()
    {
        using TestFolder folder = new();
        BitRow right = BitRow.Of(Enumerable.Range(0, 77).Select(i => i % 3 == 0)),
            robust = BitRow.Of(Enumerable.Range(0, 77).Select(i => i % 6 == 0));
        TrialOutcome told = new TrialOutcome(robust.Share) with
        {
            Verdicts = [new NamedVerdicts(NamedVerdicts.Right, right), new NamedVerdicts(NamedVerdicts.Robust, robust)],
        };
        using (Study<WideResNetSpec> study = Study.Open(Spaces.Widths(16), new GridSampler(), 1, new FolderStudyStore(folder.Path)))
            study.Tell(study.Ask()!, told);

        using Study<WideResNetSpec> again = Study.Open(Spaces.Widths(16), new GridSampler(), 1, new FolderStudyStore(folder.Path));
        Assert.Equal(told, again.Trials[0].Outcome);
        Assert.Equal(26, again.Trials[0].Outcome!.Verdicts[0].Bits.Hits);
    }
}
