using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

public class ReportTests
{
    [Fact]
    public async Task JsonReport_WrittenAndRead_IsTheSameResult()
    {
        using TemporaryFolder folder = new();
        ExperimentResult result = Made();

        await result.WriteAsync(new JsonReport(), folder.File("below/result.json"));
        ExperimentResult read = ExperimentResult.Read(folder.File("below/result.json"));

        Assert.Equal(result, read);
    }

    [Fact]
    public void Read_NewerVersion_IsRefusedByName()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("result.json"), new JsonReport().Render(Made()).Replace("\"version\": 1", "\"version\": 2", StringComparison.Ordinal));

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ExperimentResult.Read(folder.File("result.json")));

        Assert.Contains("has version 2", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("{\"version\": 1}")]
    [InlineData("{\"version\": \"x\"}")]
    public void Read_NotAResult_SaysSo(string text)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("result.json"), text);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ExperimentResult.Read(folder.File("result.json")));

        Assert.Contains("is not a result of an experiment", refused.Message);
    }

    [Fact]
    public void MarkdownReport_Result_RanksByValidationAndShowsIntervals()
    {
        string report = new MarkdownReport().Render(Made());

        string[] rows = [.. report.Split('\n').Where(line => line.StartsWith("| 1 |", StringComparison.Ordinal) || line.StartsWith("| 2 |", StringComparison.Ordinal))];
        Assert.Equal(2, rows.Length);
        Assert.StartsWith("| 1 | WRN 1-1 / 4-6 | 0 | 1.0 k | 2.00 M | 42.5 % [35.9, 49.4] |", rows[0]);
        Assert.Contains("baseline", rows[1]);
        Assert.Contains("last stage width 6", report);
        Assert.Contains("diverged at step 3", report);
        Assert.DoesNotContain("\r", report);
        Assert.Contains("(baseline, replicate 0): suspect, as far as 1 of 2 checks can tell\n  "
            + "suspect: zero-gradients: losses must have a gradient, got none. Find one.", report);
    }

    [Fact]
    public void Ranking_EqualRobustAccuracy_PrefersCleanAccuracyThenFewerMultiplyAdds()
    {
        ExperimentResult result = Made();
        NetworkResult network = result.Networks[0];
        result = result with
        {
            Networks =
            [
                network with { Name = "dear", MultiplyAdds = 9 },
                network with { Name = "cheap", MultiplyAdds = 3 },
                network with { Name = "clean", ValidationClean = new Proportion(99, 100) },
            ],
        };

        Assert.Equal(["clean", "cheap", "dear"], result.Ranking.Select(item => item.Name));
    }

    private static ExperimentResult Made() => new()
    {
        Settings = new ExperimentSettings
        {
            Data = "abc",
            TrainImages = 1,
            ValidationImages = 100,
            TestImages = 100,
            Threat = ThreatModel.L2(0.5),
            Space = "space",
            Sampler = new GridSampler(),
            Baselines = [SmallExperiment.Baseline],
            Objective = new Madry(),
            Recipe = new TrainingRecipe(),
            Suite = AttackSuite.Of("short", new Pgd(), new CwL2 { Steps = 5 }),
            Budget = Budget.Trials(2).OrAfter(TimeSpan.FromHours(1)),
            Seed = 7,
            Replicates = 1,
        },
        EndedBecause = "it was made up",
        Networks =
        [
            new NetworkResult
            {
                Name = "WRN 1-1 / 4-8", Spec = SmallExperiment.Baseline, Parameters = 1_000, MultiplyAdds = 2_000_000,
                SelectedEpoch = 2, ValidationClean = new Proportion(60, 100), ValidationRobust = new Proportion(40, 100),
                Test = [Outcome()],
            },
            new NetworkResult
            {
                Name = "WRN 1-1 / 4-6", Trial = 0, Values = [new DimensionValue("last stage width", "6")], Spec = SmallExperiment.Baseline, Parameters = 1_000,
                MultiplyAdds = 2_000_000, SelectedEpoch = 1, ValidationClean = new Proportion(61, 100), ValidationRobust = new Proportion(85, 200), OnFront = true,
                Test = [Outcome()],
            },
            new NetworkResult { Name = "WRN 1-1 / 4-4", Trial = 1, Spec = SmallExperiment.Baseline, Parameters = 1, MultiplyAdds = 1, Failure = "diverged at step 3" },
        ],
        TestReads = 2,
        Notes = ["nothing"],
        Timing = new ExperimentTiming(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), [1, 2, 0.5], [3, 4, 0], "a machine"),
    };

    private static TestOutcome Outcome() => new()
    {
        Replicate = 0,
        Clean = new Proportion(62, 100),
        Robust = new Proportion(41, 100),
        Attacks = [new AttackOutcome("PGD-20", 62, 45), new AttackOutcome("CW-L2", 45, 41)],
        RobustPerClass = [new Proportion(41, 100)],
        PredictedClasses = 10,
        Audit = new AuditReport
        {
            Verdict = AuditVerdict.Suspect,
            Findings = [AuditFinding.Of(new ZeroGradientCheck(), AuditVerdict.Suspect, "losses must have a gradient", "got none", "Find one.")],
            Made = [ZeroGradientCheck.TypeName],
            NotMade = [new AuditGap(TransferCheck.TypeName, "no surrogate.")],
            Examples = 100,
            Passes = 90,
            Budget = 91,
        },
    };
}
