using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Reports;

/// <summary>
/// Results of all kinds: a search with baselines and a failure, one baseline alone, nothing that could be trained, several replicates.
/// </summary>
internal static class ReportedResults
{
    private static readonly WideResNetSpec Network = WideResNetSpec.Wrn(10, 1);

    private static readonly NetworkResult Baseline = Trained(Network.Name, null), Winner = Trained("WRN 1-1-1 / 16-32-48", 0) with
    {
        Values = [new DimensionValue("last stage width", "48")],
        Spec = Network.WithStage(^1, stage => stage with { Width = 48 }),
        OnFront = true,
        Test = [Tested(0), Tested(1)],
    };

    private static readonly NetworkResult Failed = new()
    {
        Name = "WRN 1-1-1 / 16-32-64",
        Trial = 1,
        Spec = Network,
        Parameters = 1_234_567,
        MultiplyAdds = 8_901_234_567,
        Failure = "the loss | gradients became NaN\nat step 3",
    };

    private static readonly ExperimentResult Whole = new()
    {
        Settings = new ExperimentSettings
        {
            Data = "0123456789abcdef",
            TrainImages = 45_000,
            ValidationImages = 5_000,
            TestImages = 10_000,
            Threat = ThreatModel.Linf(8, outOf: 255),
            Space = "fedcba9876543210",
            Sampler = new RandomSampler(),
            Baselines = [Network],
            Objective = new Trades(),
            Recipe = new TrainingRecipe(),
            Suite = AttackSuite.Of("PGD and CW", new Pgd(), new CwLinf()),
            Budget = Budget.Trials(2),
            Seed = 2026,
            Replicates = 2,
        },
        EndedBecause = "all 2 trials have been asked",
        Networks = [Baseline, Winner, Failed],
        TestReads = 3,
        Notes = ["Each network was trained twice."],
        Timing = new ExperimentTiming(new DateTimeOffset(2026, 11, 28, 7, 8, 9, TimeSpan.Zero), [1_234.5, 2_345.6, 0.25], [12.25, 24.5, 0],
            "RobustWrn 0.1.0\nlibtorch 2.10"),
    };

    public static IReadOnlyList<ExperimentResult> All { get; } =
    [
        Whole,
        Whole with
        {
            Settings = Whole.Settings with { Space = null, Sampler = null, Replicates = 1 }, EndedBecause = "there was no search space",
                Networks = [Baseline],
            Timing = Whole.Timing with { TrainingSeconds = [3], TestSeconds = [0] },
        },
        Whole with { Networks = [Failed], Notes = [], TestReads = 0,
            Timing = Whole.Timing with { TrainingSeconds = [0], TestSeconds = [0] } },
    ];

    private static NetworkResult Trained(string name, int? trial) => new()
    {
        Name = name,
        Trial = trial,
        Spec = Network,
        Parameters = 77_754,
        MultiplyAdds = 12_345_678,
        SelectedEpoch = 76,
        ValidationClean = new Proportion(4_150, 5_000),
        ValidationRobust = new Proportion(2_345, 5_000),
        Test = [Tested(0)],
    };

    private static TestOutcome Tested(int replicate) => new()
    {
        Replicate = replicate,
        Clean = new Proportion(8_301 + replicate, 10_000),
        Robust = new Proportion(4_568, 10_000),
        Attacks = [new AttackOutcome("PGD-20", 8_301, 4_712), new AttackOutcome("CW", 4_712, 4_568)],
        RobustPerClass = [new Proportion(456, 1_000)],
        PredictedClasses = 10,
        Audit = new AuditReport
        {
            Verdict = AuditVerdict.Suspect,
            Findings = [new AuditFinding("zero-gradients", AuditVerdict.Suspect, "losses must have a gradient",
                "got none for 0.5 % of the images", "Find one.") { PValue = 0.0125 }],
            Made = ["zero-gradients"],
        },
    };
}
