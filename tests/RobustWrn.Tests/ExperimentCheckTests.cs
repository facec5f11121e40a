using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;
using TorchSharp;

namespace RobustWrn.Tests;

public class ExperimentCheckTests
{
    [Fact]
    public void Check_SoundExperiment_FindsNothing()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Assert.Empty(SmallExperiment.On(images).Check());
    }

    [Fact]
    public void Check_PartsWithoutANameInFiles_NamesEachBeforeAnythingIsTrained()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images)
            .TrainedBy(new Trades { InnerAttack = new Unnamed() }, new TrainingRecipe { ValidationAttack = new Unnamed() })
            .EvaluatedBy(AttackSuite.Of("mine", new Fgsm(), new Unnamed()));

        IReadOnlyList<Problem> problems = experiment.Check();

        Assert.Equal(["Objective.InnerAttack", "Recipe.ValidationAttack", "Suite.Attacks[1]"], problems.Select(problem => problem.Subject));
        Assert.All(problems, problem => Assert.Contains("public const string TypeName", problem.Message));
    }

    [Fact]
    public void Check_NormWithoutTheParts_NamesEachAttackThatNeedsThem()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = RobustExperiment.On(images, new BareNorm { Epsilon = 0.1 }).Comparing(SmallExperiment.Baseline)
            .TrainedBy(new Madry { InnerAttack = new Fab() }, new TrainingRecipe { ValidationAttack = new DeepFool() })
            .EvaluatedBy(AttackSuite.AutoAttack);

        IReadOnlyList<Problem> problems = experiment.Check();

        Assert.Equal(
            ["Suite.Attacks[2]", "Suite.Attacks[3]", "Objective.InnerAttack", "Recipe.ValidationAttack"],
            problems.Select(problem => problem.Subject));
        Assert.All(problems, problem => Assert.Contains("got bare. Implement I", problem.Message));
    }

    [Theory]
    [InlineData("cuda:0")]
    [InlineData("cuda:7")]
    [InlineData("mps")]
    public void Check_DeviceThatIsNotHere_SaysWhatToDo(string name)
    {
        torch.Device device = new(name);
        Assert.SkipWhen(device.type == DeviceType.MPS ? torch.mps_is_available() : torch.cuda.is_available()
            && device.index < torch.cuda.device_count(), $"{name} is here");
        using DatasetSplits images = SmallExperiment.Images();

        Problem problem = Assert.Single(SmallExperiment.On(images).OnDevice(device).Check());

        Assert.Equal("OnDevice", problem.Subject);
        Assert.Contains($"got {name}", problem.Message);
        Assert.Contains("leave the device out", problem.Message);
    }

    [Fact]
    public async Task RunAsync_ManyProblems_ReportsAllOfThemAtOnceAndWritesNothing()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images)
            .TrainedBy(new Trades { Beta = -1 }, new TrainingRecipe { Epochs = 0 })
            .Comparing(SmallExperiment.Baseline with { Classes = 7, InputChannels = 1 })
            .Within(Budget.Trials(0))
            .Replicated(0)
            .RecordedIn(folder.In("record"));

        InvalidDescriptionException refused = await Assert.ThrowsAsync<InvalidDescriptionException>(() => experiment.RunAsync());

        string[] subjects = [.. refused.Problems.Select(problem => problem.Subject)];
        Assert.Contains("Objective.Beta", subjects);
        Assert.Contains("Recipe.Epochs", subjects);
        Assert.Contains("Baselines[0].Classes", subjects);
        Assert.Contains("Baselines[0].InputChannels", subjects);
        Assert.Contains("Budget.MaxTrials", subjects);
        Assert.Contains("Replicates", subjects);
        Assert.False(Directory.Exists(folder.In("record")));
    }

    [Fact]
    public void Check_AttacksThatNeedAnotherModel_AreRefusedBeforeAnythingIsTrained()
    {
        using DatasetSplits images = SmallExperiment.Images();

        IReadOnlyList<Problem> problems = SmallExperiment.On(images)
            .TrainedBy(new Madry(), new TrainingRecipe { ValidationAttack = new Transfer() })
            .EvaluatedBy(AttackSuite.Of("both", new Fgsm(), new ExpectationOverTransformation { Attack = new Transfer() }))
            .Check();

        Assert.Equal(["Recipe.ValidationAttack", "Suite.Attacks[1]"], problems.Select(problem => problem.Subject).Order());
        Assert.All(problems, problem => Assert.StartsWith("must do without another model", problem.Message));
    }

    [Fact]
    public void Check_EpsilonOfEight_SaysHowToWriteIt()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Problem problem = Assert.Single(RobustExperiment.On(images, new LinfThreat { Epsilon = 8 }).Comparing(SmallExperiment.Baseline).Check());

        Assert.Equal("Threat.Epsilon: must be in (0, 1], got 8. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255).", problem.ToString());
    }

    [Fact]
    public void Check_PoolingsThatLeaveNothingOfTheImages_SaysWhichSizeIsNeeded()
    {
        using DatasetSplits images = SmallExperiment.Images();
        VggSpec deep = VggSpec.Of([1, 1, 1, 1, 1, 1], [4, 4, 4, 4, 4, 4]);

        Problem problem = Assert.Single(RobustExperiment.On(images, ThreatModel.Linf(8, outOf: 255)).Comparing(deep).Check());

        Assert.Equal("Baselines[0]: must take the 32 x 32 images, got a network that needs at least 64 x 64. Take out a stage that pools.", problem.ToString());
    }

    [Fact]
    public void Check_NothingToTrain_SaysSo()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Problem problem = Assert.Single(RobustExperiment.On(images, ThreatModel.Linf(8, outOf: 255)).Check());

        Assert.Contains("a search space (Searching) or baselines (Comparing)", problem.Message);
    }

    [Fact]
    public void Check_FilterThatRejectsEverything_NamesIt()
    {
        using DatasetSplits images = SmallExperiment.Images();

        IReadOnlyList<Problem> problems = SmallExperiment.On(images)
            .Searching(SmallExperiment.Space().Where("less than nothing", spec => spec.Cost(32, 32).MultiplyAdds < 0), new GridSampler())
            .Check();

        Assert.Contains(problems, problem => problem.Message.Contains("less than nothing", StringComparison.Ordinal));
    }

    [Fact]
    public void Check_SpaceWithoutDimensions_SaysSo()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Assert.NotEmpty(SmallExperiment.On(images).Searching(new SearchSpace<WideResNetSpec>(SmallExperiment.Baseline), new GridSampler()).Check());
    }

    [Fact]
    public void Check_FolderBelowAFile_NamesTheFile()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        File.WriteAllText(folder.In("taken"), "");

        Problem problem = Assert.Single(SmallExperiment.On(images).RecordedIn(folder.In("taken/deeper")).Check());

        Assert.Contains($"{folder.In("taken")} is a file", problem.Message);
    }

    [Fact]
    public async Task Check_FolderOfAnotherExperiment_ShowsTheDifference()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment recorded = SmallExperiment.On(images).Within(Budget.Trials(1)).RecordedIn(folder.In("record"));
        await recorded.RunAsync();

        Problem problem = Assert.Single(recorded.Seeded(4).TrainedBy(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = 2 }, Beta = 5 }, recorded.Recipe).Check());

        Assert.Contains("holds another experiment", problem.Message);
        Assert.Contains("seed: stored 3, now 4", problem.Message);
        Assert.Contains("objective.beta: stored 6, now 5", problem.Message);
    }

    [Fact]
    public async Task RunAsync_FolderInUse_IsRefused()
    {
        using DatasetSplits images = SmallExperiment.Images();
        using TestFolder folder = new();
        RobustExperiment experiment = SmallExperiment.On(images).RecordedIn(folder.In("record"));
        Directory.CreateDirectory(folder.In("record"));
        using FileStream held = new(folder.In("record/.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => experiment.RunAsync());

        Assert.Contains("in use by another process", refused.Message);
    }

    private sealed record Unnamed : IAttack
    {
        public string Name => "mine";

        public long MaxGradients => 1;

        public IAttack WithEffort(double share) => this;

        public IEnumerable<Problem> Problems() => [];

        public torch.Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => context.Images.clone();
    }
}
