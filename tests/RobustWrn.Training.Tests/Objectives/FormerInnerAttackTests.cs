using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>
/// Files of before the inner attack was one description (tests/Fixtures/stored, written by the library of then): each is read as what it
/// was.
/// </summary>
public class FormerInnerAttackTests
{
    private static readonly Dictionary<string, IRobustObjective> Meant = new()
    {
        ["madry"] = new Madry(),
        ["madry-set"] = new Madry
        {
            InnerAttack = new InnerPgd { Steps = 3, StepSize = 0.01, Start = new RandomStart() },
            LabelSmoothing = 0.1,
        },
        ["madry-steps"] = new Madry { InnerAttack = new InnerPgd { Steps = 7 } },
        ["madry-given"] = new Madry { InnerAttack = new CwLinf { Steps = 4 } },
        ["trades"] = new Trades(),
        ["trades-set"] = new Trades
        {
            Beta = 5,
            InnerAttack = new InnerPgd
            {
                Steps = 3,
                StepSize = 0.02,
                Loss = new CrossEntropy(),
                Start = new RandomStart(),
                TakesTradesGeometry = true
            },
            SeparateTargetPass = true,
        },
        ["trades-steps"] = new Trades
        {
            InnerAttack = new InnerPgd
            {
                Steps = 4,
                Loss = new KullbackLeibler(),
                Start = new GaussianStart(0.001),
                TakesTradesGeometry = true
            },
        },
        ["trades-given"] = new Trades { InnerAttack = new Pgd { Steps = 4, Loss = new KullbackLeibler() } },
        ["mart"] = new Mart(),
        ["mart-set"] = new Mart { InnerAttack = new InnerPgd { Steps = 5, StepSize = 0.007, Start = new GaussianStart(0.001) } },
        ["mart-given"] = new Mart { InnerAttack = new Pgd { Steps = 2 } },
        ["fast"] = new FastAdversarial(),
        ["fast-set"] = new FastAdversarial
        {
            InnerAttack = new InnerPgd { Steps = 1, StepSize = 0.02, Reach = 1.25, Start = new CleanStart() },
            Guard = null,
        },
        ["fast-given"] = new FastAdversarial { InnerAttack = new Fgsm() },
    };

    public static TheoryData<string> Objectives => [.. Stored("objectives")];

    public static TheoryData<string> Plans => [.. Stored("plans")];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Read_ObjectiveOfBefore_IsTheSameObjective(string name)
    {
        IRobustObjective read = DescriptionJson.Read<IRobustObjective>(Text("objectives", name));

        Assert.Equal(Meant[name], read);
        Assert.Equal(read, DescriptionJson.Read<IRobustObjective>(DescriptionJson.Write(read)));
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Read_PlanOfBefore_IsThePublishedOne(string name) =>
        Assert.Equal(PublishedPlans.Get(name), DescriptionJson.Read<TrainingPlan>(Text("plans", name)));

    [Fact]
    public void Stored_Files_AreThoseOfTheTable() => Assert.Equal(Meant.Keys.Order(), Stored("objectives").Order());

    /// <summary>The step count always stood in files, and the loss in those of TRADES: beside another attack they said nothing.</summary>
    [Theory]
    [InlineData("madry", "innerSteps", "7")]
    [InlineData("trades", "innerSteps", "7")]
    [InlineData("trades", "innerLoss", """{"type":"cross-entropy"}""")]
    [InlineData("mart", "start", """{"type":"random"}""")]
    [InlineData("mart", "innerStepSize", "0.01")]
    [InlineData("fast-adversarial", "innerStepSize", "0.01")]
    public void Read_SettingsBesideAnotherAttack_AreRefused(string type, string setting, string value)
    {
        string text = $$"""{"version":1,"type":"{{type}}","{{setting}}":{{value}},"innerAttack":{ "type": "fgsm" } }""";

        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IRobustObjective>(text));

        Assert.Contains($"\"{setting}\" must be left out beside an \"innerAttack\", which has its own, got {value}", refusal.Message);
    }

    [Theory]
    [InlineData("trades", "innerRestarts", "2")] // no setting there ever was
    [InlineData("natural", "innerSteps", "2")] // an objective that never had it
    [InlineData("madry", "innerSteps", "\"many\"")]
    [InlineData("madry", "innerSteps", "2.5")]
    [InlineData("trades", "innerLoss", """{"type":"no-loss"}""")]
    public void Read_SettingThatMeansNothing_IsRefused(string type, string setting, string value) =>
        Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IRobustObjective>(
            $$"""{"version":1,"type":"{{type}}","{{setting}}":{{value}}}"""));

    [Fact]
    public void Read_SettingsOutOfRange_AreProblemsOfTheAttack() => Assert.Equal(
        ["InnerAttack.Steps", "InnerAttack.Start.Deviation"],
        DescriptionJson.Read<IRobustObjective>("""{"version":1,"type":"mart","innerSteps":0,"start":{"type":"gaussian","deviation":-1}}""")
            .Problems().Select(problem => problem.Subject));

    [Fact]
    public void Read_NullsOfBefore_AreTheDefaults() => Assert.Equal(
        new Trades(),
        DescriptionJson.Read<IRobustObjective>(
            """{"version":1,"type":"trades","innerStepSize":null,"start":null,"innerAttack":null}"""));

    internal static string Text(string folder, string name) => File.ReadAllText(Path.Combine(Folder, folder, name + ".json"));

    internal static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stored");

    private static IEnumerable<string> Stored(string folder) =>
        Directory.GetFiles(Path.Combine(Folder, folder), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)!);
}
