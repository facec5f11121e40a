using System.Text;
using System.Text.Json.Nodes;
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
        using TestFolder folder = new();
        ExperimentResult result = Made();

        await result.WriteAsync(new JsonReport(), folder.In("below/result.json"));
        ExperimentResult read = ExperimentResult.Read(folder.In("below/result.json"));

        Assert.Equal(result, read);
    }

    [Fact]
    public void Read_NewerVersion_IsRefusedByName()
    {
        using TestFolder folder = new();
        File.WriteAllText(folder.In("result.json"), new JsonReport().Render(Made()).Replace("\"version\": 2", "\"version\": 3",
            StringComparison.Ordinal));

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ExperimentResult.Read(folder.In("result.json")));

        Assert.Contains("has version 3", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("{\"version\": 2}")]
    [InlineData("{\"version\": 2, \"timing\": {}}")]
    [InlineData("{\"version\": \"x\"}")]
    public void Read_NotAResult_SaysSo(string text)
    {
        using TestFolder folder = new();
        File.WriteAllText(folder.In("result.json"), text);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => ExperimentResult.Read(folder.In("result.json")));

        Assert.Contains("is not a result of an experiment", refused.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public void Read_OtherVersion_IsRefusedByName(int version)
    {
        using TestFolder folder = new();
        File.WriteAllText(folder.In("result.json"), new JsonReport().Render(Made()).Replace("\"version\": 2", $"\"version\": {version}",
            StringComparison.Ordinal));

        Assert.Contains($"has version {version}", Assert.Throws<InvalidDataException>(() =>
            ExperimentResult.Read(folder.In("result.json"))).Message);
    }

    [Fact]
    public void Read_ABitFlippedAnywhere_IsRefused()
    {
        using TestFolder folder = new();
        byte[] whole = Encoding.UTF8.GetBytes(new JsonReport().Render(Made()));
        int flips = 0;
        for (int at = 0; at < whole.Length - 1; at += 11, flips++) // the last is the end of the line
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (flips % 8));
            File.WriteAllBytes(folder.In("result.json"), flipped);

            Assert.Throws<InvalidDataException>(() => ExperimentResult.Read(folder.In("result.json")));
        }
    }

    [Fact]
    public void JsonReport_OtherTimes_HaveTheSameSum()
    {
        ExperimentResult result = Made();

        ExperimentTiming other = result.Timing with { FinishedUtc = DateTimeOffset.UnixEpoch, Machine = "another" };

        string first = Sum(result), second = Sum(result with { Timing = other });

        Assert.Equal(first, second);
        Assert.NotEqual(first, Sum(result with { TestReads = 3 }));

        static string Sum(ExperimentResult of) => (string)JsonNode.Parse(new JsonReport().Render(of))!["sha256"]!;
    }

    [Fact]
    public void MarkdownReport_RecordedExperiment_NamesTheWeightsAndTheCommandThatEvaluatesTheBest()
    {
        string report = new MarkdownReport().Render(Made());

        Assert.Contains("| 1 | WRN 1-1 / 4-6 | 0 | 0 | networks/WRN_1-1_4-6-0123/weights.safetensors |", report);
        Assert.Contains("| 2 | WRN 1-1 / 4-8 | baseline | 0 | networks/WRN_1-1_4-8-4567/weights.safetensors |", report);
        Assert.Contains(
            "samples/EvaluateModel -- --weights \"runs/trades/networks/WRN_1-1_4-6-0123/weights.safetensors\" --data DATA --attack "
                + "autoattack --norm l2 --eps 0.5\n", report);
        Assert.Contains("- 2 more networks were attacked on test by earlier runs in this folder", report);
    }

    [Fact]
    public void MarkdownReport_UnrecordedExperiment_SaysThatWeightsWereNotKept()
    {
        ExperimentResult result = Made();

        Assert.Contains("its weights were not kept", new MarkdownReport().Render(result
            with
        { Timing = result.Timing with { Folder = null } }));
    }

    [Fact]
    public void MarkdownReport_Result_RanksByValidationAndShowsIntervals()
    {
        string report = new MarkdownReport().Render(Made());

        string[] rows = [.. report.Split('\n').Where(line => line.StartsWith("| 1 |", StringComparison.Ordinal) || line.StartsWith("| 2 |",
            StringComparison.Ordinal)).Take(2)];
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
                Test = [Outcome("networks/WRN_1-1_4-8-4567/weights.safetensors")],
                    Weights = "networks/WRN_1-1_4-8-4567/weights.safetensors",
            },
            new NetworkResult
            {
                Name = "WRN 1-1 / 4-6", Trial = 0, Values = [new DimensionValue("last stage width", "6")], Spec = SmallExperiment.Baseline, Parameters = 1_000,
                MultiplyAdds = 2_000_000, SelectedEpoch = 1, ValidationClean = new Proportion(61, 100), ValidationRobust = new Proportion(85, 200), OnFront = true,
                Test = [Outcome("networks/WRN_1-1_4-6-0123/weights.safetensors")],
                    Weights = "networks/WRN_1-1_4-6-0123/weights.safetensors",
            },
            new NetworkResult { Name = "WRN 1-1 / 4-4", Trial = 1, Spec = SmallExperiment.Baseline, Parameters = 1, MultiplyAdds = 1, Failure = "diverged at step 3" },
        ],
        TestReads = 2,
        Notes = ["nothing"],
        Timing = new ExperimentTiming(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), [1, 2, 0.5], [3, 4, 0],
            "a machine")
        { Folder = "runs/trades", OtherTestReads = 2 },
    };

    private static TestOutcome Outcome(string weights) => new()
    {
        Replicate = 0,
        Weights = weights,
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
