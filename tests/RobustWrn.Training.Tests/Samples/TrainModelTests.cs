using System.Text.Json.Nodes;
using RobustWrn.Core;
using TorchSharp;
using TrainModel;

namespace RobustWrn.Training.Tests;

/// <summary>samples/TrainModel as a user runs it.</summary>
public sealed class TrainModelTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();
    private readonly StringWriter _output = new(), _error = new();

    public TrainModelTests()
    {
        File.WriteAllText(In("tiny.json"), DescriptionJson.Write(WideResNetSpec.Of(2, [1], [3]) with { Stem = new StemSpec { Width = 2, Stride = 2 } }));
        File.WriteAllText(In("averaged.json"), DescriptionJson.Write(new TrainingPlan { Objective = new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 2 } }, Recipe = new TrainingRecipe { Average = new WeightAverage() } }));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What it leaves can be opened by itself; run again, it takes all from the folder; its plan, as a file, gives the same bits elsewhere.</summary>
    [Fact]
    public async Task Run_PlanItWrote_GivesTheSameBits()
    {
        Assert.Equal(0, await Run("one", "--recipe", In("averaged.json"), "--epochs", "2"));

        using (Classifier best = NetworkWeights.Open(In("one/best.safetensors")))
            Assert.Equal(DescriptionJson.Read<INetworkSpec>(File.ReadAllText(In("tiny.json"))), best.Spec);
        Assert.Equal(3, File.ReadAllLines(In("one/metrics.csv")).Length);
        byte[] last = File.ReadAllBytes(In("one/last.safetensors")), average = File.ReadAllBytes(In("one/last-average.safetensors"));
        Assert.NotEqual(last, average);

        Assert.Equal(0, await Run("one", "--recipe", In("averaged.json"), "--epochs", "2"));
        Assert.Contains("Resumed. Going on after epoch 2 from", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("2 epochs were taken from", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(last, File.ReadAllBytes(In("one/last.safetensors")));

        Assert.Equal(0, await Run("two", "--recipe", In("one/plan.json")));
        Assert.Equal(last, File.ReadAllBytes(In("two/last.safetensors")));
        Assert.Equal(average, File.ReadAllBytes(In("two/last-average.safetensors")));
        Assert.Equal(File.ReadAllText(In("one/plan.json")), File.ReadAllText(In("two/plan.json")));
    }

    /// <summary>The objective as files had it before its inner attack was one description.</summary>
    [Fact]
    public async Task Run_FolderWithAPlanOfBefore_GoesOn()
    {
        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "1"));
        JsonObject plan = JsonNode.Parse(File.ReadAllText(In("one/plan.json")))!.AsObject();
        plan["objective"] = JsonNode.Parse("""{"type":"madry","innerSteps":10,"labelSmoothing":0}""");
        File.WriteAllText(In("one/plan.json"), plan.ToJsonString());

        Assert.Equal(0, await Run("one", "--recipe", "madry", "--epochs", "1"));
        plan["objective"]!["innerSteps"] = 9;
        File.WriteAllText(In("one/plan.json"), plan.ToJsonString());
        Assert.Equal(TrainCommand.BadArguments, await Run("one", "--recipe", "madry", "--epochs", "1"));
    }

    [Fact]
    public async Task Run_FolderOfAnotherTraining_IsLeftAsItIs()
    {
        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "1"));
        Assert.Contains("madry was published with WRN-34-R (--spec); this run trains WRN 1 / 3.", _output.ToString(), StringComparison.Ordinal);
        string[] before = Contents();

        Assert.Equal(TrainCommand.BadArguments, await Run("one", "--recipe", "mart", "--epochs", "1"));

        Assert.Equal(before, Contents());
        Assert.Contains("plan.json is of another", _error.ToString(), StringComparison.Ordinal);

        string[] Contents() => [.. Directory.GetFiles(In("one"), "*", SearchOption.AllDirectories).Order().Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];
    }

    [Fact]
    public async Task Run_SeveralBadArguments_SaysAllAtOnce()
    {
        Assert.Equal(TrainCommand.BadArguments, await TrainCommand.RunAsync(["--recipe", "nix", "--spec", "nothing", "--epochs", "0", "--images", "0", "--out", In("tiny.json")], _output, _error, TestContext.Current.CancellationToken));

        Assert.All((string[])["--recipe must be one of madry (or sat), trades", "--spec must be", "--epochs must be at least 1, got 0", "--images must be at least 1", "is a file"],
            part => Assert.Contains(part, _error.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--epochs x", "--epochs must be a whole number, got x. Write --epochs 10.")]
    [InlineData("--seed -5", "--seed must be at least 0, got -5. Write --seed 0, or more.")]
    [InlineData("--images 100000000", "--images must be at most 1000000, got 100000000.")]
    [InlineData("--spec WRN-12-1", "--spec WRN-12-1: depth must be 6n + 4")]
    [InlineData("--out /proc/trained", "--out must be where files can be written, but nothing can be in /proc")]
    public async Task Run_BadArgument_SaysRuleValueAndRemedy(string arguments, string message)
    {
        // The current folder may be one in which the user of these tests must not write.
        string[] given = arguments.Split(' '), all = given.Contains("--out") ? given : [.. given, "--out", In("new")];
        Assert.Equal(TrainCommand.BadArguments, await TrainCommand.RunAsync(all, _output, _error, TestContext.Current.CancellationToken));

        Assert.StartsWith(message, _error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Nullable", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Run_ExtraImagesThatAreNone_SaysSo()
    {
        Assert.Equal(TrainCommand.BadArguments, await Run("one", "--recipe", "wang", "--extra", In("tiny.json")));

        Assert.Contains("--extra must be a file of images", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DataThatIsNotThere_SaysSo()
    {
        Assert.Equal(TrainCommand.BadArguments, await TrainCommand.RunAsync(["--data", In("nowhere"), "--out", In("one")], _output, _error, TestContext.Current.CancellationToken));

        Assert.StartsWith("--data must be synthetic or a folder of CIFAR-10", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("one")));
    }

    /// <summary>Batches of 128 stay batches of 128 on 64 images: only published plans are made smaller.</summary>
    [Fact]
    public async Task Run_RecipeOfAFile_RunsAsWritten()
    {
        Assert.Equal(0, await Run("one", "--recipe", In("averaged.json"), "--epochs", "1"));
        Assert.Equal(0, await Run("two", "--recipe", "sat", "--epochs", "1"));

        Assert.Equal((128, 0.1), Batch("one"));
        Assert.Equal((16, 0.0125), Batch("two"));

        (int, double) Batch(string run) => DescriptionJson.Read<TrainingPlan>(File.ReadAllText(In($"{run}/plan.json"))).Recipe is var recipe ? (recipe.BatchSize, recipe.LearningRate) : default;
    }

    /// <summary>A constant rate does not know the last epoch, so that one epoch and one more are two.</summary>
    [Fact]
    public async Task Run_FinishedTrainingWithMoreEpochs_GoesOn()
    {
        TrainingPlan plan = new() { Objective = new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Recipe = new TrainingRecipe { Epochs = 1, Schedule = new ConstantRate() } };
        File.WriteAllText(In("one.json"), DescriptionJson.Write(plan));
        Assert.Equal(0, await Run("two", "--recipe", In("one.json"), "--epochs", "2", "--seed", "5"));
        Assert.Equal(0, await Run("one", "--recipe", In("one.json"), "--seed", "5"));

        Assert.Equal(0, await TrainCommand.RunAsync(["--continue", In("one"), "--epochs", "2", "--images", "64", "--out", In("more")], _output, _error, TestContext.Current.CancellationToken));

        Assert.Equal(File.ReadAllBytes(In("two/last.safetensors")), File.ReadAllBytes(In("more/last.safetensors")));
        Assert.Equal(3, File.ReadAllLines(In("more/metrics.csv")).Length);

        // What cannot go on is refused before anything is written.
        Assert.Equal(TrainCommand.BadArguments, await TrainCommand.RunAsync(["--continue", In("two"), "--epochs", "2", "--images", "80", "--out", In("none")], _output, _error, TestContext.Current.CancellationToken));
        Assert.Contains("--epochs must be more than the 2 of the training before", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--data and --images must give the images of the training before", _error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(In("none")));
    }

    [Fact]
    public async Task Run_ContinuedWithSettingsOfItsOwn_SaysAllAtOnce()
    {
        Assert.Equal(TrainCommand.BadArguments, await TrainCommand.RunAsync(["--continue", In("nowhere"), "--recipe", "sat", "--seed", "3", "--out", In("more")], _output, _error, TestContext.Current.CancellationToken));

        Assert.All((string[])["--recipe must be left out beside --continue", "--seed must be left out beside --continue", "--epochs must say how many", "but there is none in"],
            part => Assert.Contains(part, _error.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WeightsOfAnotherTraining_AreWhereItStarts()
    {
        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "1"));
        Assert.Equal(0, await Run("two", "--recipe", "sat", "--epochs", "1", "--weights", In("one/best.safetensors")));

        Assert.NotEqual(File.ReadAllBytes(In("one/last.safetensors")), File.ReadAllBytes(In("two/last.safetensors")));
        Assert.Contains($"Weights to start from: {In("one/best.safetensors")}, names: paper\n", _output.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(0, await Run("five", "--recipe", "sat", "--epochs", "1", "--weights", In("one/best.safetensors"), "--skip", "fc.*"));
        Assert.Contains("skipped: fc.weight, fc.bias", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            TrainCommand.BadArguments, await Run("six", "--weights", In("one/best.safetensors"), "--skip", "head.*", "--names", "paper"));
        Assert.Contains("\"head.*\" fits none", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(TrainCommand.BadArguments, await Run("seven", "--entry", "ema", "--names", "nobodys"));
        Assert.Contains("--entry, --names and --skip must come with the weights", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("--names must be one of gowal, lu, paper, trades, got nobodys.", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(TrainCommand.BadArguments, await Run("three", "--weights", In("none.pth")));
        Assert.Contains("--weights must name a weights file", _error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>Weights that bring their normalisation as constants: it is taken on, said, and kept with what is trained.</summary>
    [Fact]
    public async Task Run_WeightsWithConstantsBesideThem_TrainsAndKeepsTheirNormalization()
    {
        using (Classifier network = DescriptionJson.Read<INetworkSpec>(File.ReadAllText(In("tiny.json"))).Build(1))
        {
            PyTorchFile.Write(In("theirs.pth"), [
                new("normalize.mean", torch.tensor(new[] { 0.5f, 0.4f, 0.3f })),
                new("normalize.std", torch.tensor(new[] { 0.25f, 0.2f, 0.1f }).reshape(3, 1, 1)),
                .. network.Network.state_dict().Select(pair => KeyValuePair.Create("model." + pair.Key, pair.Value))]);
        }

        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "1", "--weights", In("theirs.pth")));

        Assert.Contains("normalisation (mean 0.5 0.4 0.3, std 0.25 0.2 0.1) from normalize.mean, normalize.std, given to the network\n",
            _output.ToString(), StringComparison.Ordinal);
        Assert.All((string[])["best", "last"], name => Assert.Equal(
            new Normalization { Mean = [0.5, 0.4, 0.3], Std = [0.25, 0.2, 0.1] }, NormalizationOf($"one/{name}.safetensors")));
        string[] without = ["--recipe", "sat", "--epochs", "1", "--weights", In("theirs.pth"), "--skip", "normalize.*"];
        Assert.Equal(0, await Run("two", without));
        Assert.Equal(Normalization.Identity, NormalizationOf("two/best.safetensors"));
    }

    [Fact]
    public async Task Run_PlanThatCannotBe_SaysWhatIsWrongWithIt()
    {
        File.WriteAllText(In("none.json"), DescriptionJson.Write(new TrainingPlan { Recipe = new TrainingRecipe { Epochs = 0 } }));

        Assert.Equal(TrainCommand.BadArguments, await Run("one", "--recipe", In("none.json"), "--epochs", "3"));

        Assert.Contains("--recipe: Recipe.Epochs", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DamagedCheckpoint_WarnsAndTakesTheOneBefore()
    {
        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "2"));
        byte[] last = File.ReadAllBytes(In("one/last.safetensors"));
        File.WriteAllText(In("one/checkpoints/checkpoint-0002.safetensors"), "damaged");

        Assert.Equal(0, await Run("one", "--recipe", "sat", "--epochs", "2"));

        Assert.Contains("checkpoint-0002.safetensors is damaged and passed over", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(last, File.ReadAllBytes(In("one/last.safetensors")));
    }

    private Normalization NormalizationOf(string name)
    {
        using Classifier classifier = NetworkWeights.Open(In(name));
        return classifier.Normalization;
    }

    private Task<int> Run(string folder, params string[] arguments) =>
        TrainCommand.RunAsync(["--spec", In("tiny.json"), "--images", "64", "--out", In(folder), .. arguments], _output, _error, TestContext.Current.CancellationToken);

    private string In(string name) => Path.Combine(_folder, name);
}
