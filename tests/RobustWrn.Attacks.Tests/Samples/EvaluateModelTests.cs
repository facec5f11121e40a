using System.Text.Json;
using EvaluateModel;
using NJsonSchema;
using RobustWrn.Core;
using TorchSharp;

namespace RobustWrn.Attacks.Tests;

/// <summary>samples/EvaluateModel from its command line to its files.</summary>
public sealed class EvaluateModelTests : EvaluateModelRun
{
    [Theory]
    [InlineData("linf", "8/255", "pgd", 10)]
    [InlineData("l2", "0.5", "cw", 12)]
    [InlineData("linf", "0.03", "fgsm,cw", 3)]
    [InlineData("l1", "6", "apgd-ce,square,fab-t", 5)]
    public async Task Run_Images_WritesWhatTheSchemaDescribes(string norm, string epsilon, string attack, int examples)
    {
        List<string> arguments = ["--norm", norm, "--eps", epsilon, "--attack", attack, "--steps", "3", "--examples", $"{examples}", "--out", Result];
        Assert.Equal(0, await Run([.. arguments]));

        string json = await Valid("evaluation");
        Assert.NotEmpty((await Schema("evaluation")).Validate(json.Replace("\"cleanPrediction\"", "\"prediction\"")));
        JsonElement root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(examples, root.GetProperty("examples").GetArrayLength());
        Assert.Equal(examples, root.GetProperty("clean").GetProperty("total").GetInt32());
        Assert.Equal(Enumerable.Range(0, examples), root.GetProperty("examples").EnumerateArray().Select(example => example.GetProperty("index").GetInt32()));
        Assert.Equal(attack.Split(',').Length, root.GetProperty("attacks").GetArrayLength());
        Assert.Contains("Estimate: at most", Output.ToString());
        Assert.All(root.GetProperty("examples").EnumerateArray(), example =>
            Assert.Equal(example.GetProperty("robust").GetBoolean(), example.GetProperty("margin").GetSingle() > 0));
        Assert.Equal(root.GetProperty("classes").EnumerateArray().Min(Robust), Robust(root.GetProperty("worstClass")));
        Assert.DoesNotContain("seconds", json);
        Assert.Contains("worst class: ", Output.ToString());
        Assert.Contains($"audit:        {root.GetProperty("audit").GetProperty("verdict").GetString()}, as far as ", Output.ToString());
        Assert.Contains("conformance:  none, because only AutoAttack", Output.ToString());

        static double Robust(JsonElement tally) => tally.GetProperty("robust").GetProperty("correct").GetDouble() / tally.GetProperty("robust").GetProperty("total").GetDouble();
    }

    /// <summary>Every name that the option accepts runs, and names the attack it is.</summary>
    [Theory]
    [InlineData("fgsm", "FGSM")]
    [InlineData("apgd-ce --steps 2", "APGD-CE-2")]
    [InlineData("apgd-dlr --steps 2", "APGD-DLR-2")]
    [InlineData("apgd-t --steps 2", "APGD-T-2")]
    [InlineData("apgd-targeted --steps 2", "APGD-T-2")]
    [InlineData("fab --steps 2 --restarts 2", "FAB-2 x 2")]
    [InlineData("fab-t --steps 2", "FAB-T 9 x 2")]
    [InlineData("gama --steps 3", "GAMA-3")]
    [InlineData("mifgsm --steps 3", "MI-FGSM-3")]
    [InlineData("momentum-fgsm", "MI-FGSM-10")]
    [InlineData("deepfool --steps 2", "DeepFool")]
    [InlineData("noise", "noise 100")]
    [InlineData("cw-l2 --steps 4", "CW-L2 9 x 4")]
    [InlineData("minimal-epsilon", "smallest epsilon of PGD-20")]
    [InlineData("fgsm noise,gama --steps 2", "FGSM, noise 100, GAMA-2")]
    [InlineData("square,autoattack-rand --restarts 2", "Square x 2, APGD-CE EOT 20, APGD-DLR EOT 20")]
    public async Task Run_AttackByName_RunsIt(string arguments, string attacks)
    {
        Assert.Equal(0, await Run(["--attack", .. arguments.Split(' '), "--examples", "1", "--out", Result]));
        Assert.Contains($"1 test image, {attacks}\n", Output.ToString());
        await Valid("evaluation");
    }

    [Theory]
    [InlineData("autoattack", "linf", "APGD-CE, APGD-T, FAB-T, Square", "autoattack-standard-2020")]
    [InlineData("autoattack", "l1", "APGD-CE x 5, APGD-T, FAB-T, Square", "autoattack-standard-2021")]
    [InlineData("autoattack-plus", "l2", "APGD-CE x 5, APGD-DLR x 5, FAB x 5, Square, APGD-T, FAB-T", "autoattack-plus-2020")]
    public async Task Run_AutoAttack_HasItsLabel(string attack, string norm, string attacks, string label)
    {
        Assert.Equal(0, await Run("--attack", attack, "--norm", norm, "--examples", "1", "--out", Result));
        JsonElement root = JsonDocument.Parse(await Valid("evaluation")).RootElement;
        Assert.Equal(label, root.GetProperty("conformance").GetString());
        Assert.Equal(attacks, string.Join(", ", root.GetProperty("attacks").EnumerateArray().Select(tally => tally.GetProperty("name").GetString())));
        Assert.Contains($"conformance:  {label}", Output.ToString());
    }

    [Fact]
    public async Task Run_SearchInBFloat16_SaysSoInTheResult()
    {
        Assert.Equal(0, await Run("--attack", "apgd-ce", "--steps", "2", "--examples", "3", "--search-bf16", "--out", Result));
        JsonElement root = JsonDocument.Parse(await Valid("evaluation")).RootElement;
        Assert.Contains("bfloat16", Assert.Single(root.GetProperty("notices").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("bfloat16", Output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SuiteFromTheResult_GivesTheSameResult()
    {
        Assert.Equal(0, await Run("--attack", "fgsm,apgd-dlr", "--steps", "3", "--norm", "l1", "--out", Result));
        string first = File.ReadAllText(Result), suite = Path.Combine(Folder, "suite.json");
        File.WriteAllText(suite, JsonDocument.Parse(first).RootElement.GetProperty("suite").GetRawText());
        Assert.Equal(0, await Run("--suite", suite, "--norm", "L1", "--eps", "12", "--out", Result));
        Assert.Equal(first, File.ReadAllText(Result));
    }

    [Fact]
    public async Task Run_SuiteWithProblems_SaysAllOfThem()
    {
        string suite = Path.Combine(Folder, "suite.json");
        File.WriteAllText(suite, """{"version":1,"type":"suite","name":"","attacks":[{"type":"pgd","steps":0},{"type":"square","initialShare":2}]}""");
        Assert.Equal(EvaluateCommand.BadArguments, await Run("--suite", suite, "--steps", "3", "--attack", "pgd", "--out", Result));
        string[] lines = Error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Contains("--suite must not be given together with --attack", lines[0]);
        Assert.Contains("--steps and --restarts must not be given with --suite", lines[1]);
        Assert.Contains("Name: must be a text", lines[2]);
        Assert.Contains("Attacks[0].Steps: must be at least 1, got 0.", lines[3]);
        Assert.Contains("Attacks[1].InitialShare: must be in (0, 1], got 2", lines[4]);
    }

    [Fact]
    public async Task Run_Transfer_AttacksTheSurrogate()
    {
        string other = Path.Combine(Folder, "other.pth");
        using (Classifier surrogate = WideResNetSpec.Of(stem: 4, depths: [1], widths: [6]).Build(3))
        {
            PyTorchFile.Write(other, surrogate.Network.state_dict());
            File.WriteAllText(Path.Combine(Folder, "other.json"), DescriptionJson.Write(surrogate.Spec));
        }
        Assert.Equal(0, await Run("--attack", "transfer", "--surrogate", other, "--surrogate-spec", Path.Combine(Folder, "other.json"), "--out", Result));
        JsonElement root = JsonDocument.Parse(await Valid("evaluation")).RootElement;
        Assert.Equal("WRN 1 / 6", root.GetProperty("surrogate").GetString());
        Assert.Equal("transfer of PGD-20", root.GetProperty("attacks")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Run_Curve_WritesThePointsAndPrintsThem()
    {
        Assert.Equal(0, await Run("--attack", "fgsm,pgd", "--steps", "3", "--eps-curve", "4/255, 0.1,2/255", "--out", Result));
        JsonElement root = JsonDocument.Parse(await Valid("curve")).RootElement;
        Assert.Equal([2 / 255.0, 4 / 255.0, 0.1], root.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("epsilon").GetDouble()));
        int[] robust = [.. root.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("robust").GetProperty("correct").GetInt32())];
        Assert.Equal(robust.OrderDescending(), robust);
        Assert.Equal(robust[^1], root.GetProperty("examples").EnumerateArray().Count(example => example.GetProperty("fellAt").ValueKind == JsonValueKind.Null));
        Assert.Contains("linf in 3 radii", Output.ToString());
        Assert.Contains("epsilon 0.0078, PGD-3 (2 of 2): 12 of 12 images, ", Output.ToString());
        Assert.Contains("  0.007843  ", Output.ToString());
    }

    /// <summary>The journal says what is done, so a second run attacks nothing and writes the same bytes; times may differ and go elsewhere.</summary>
    [Theory]
    [InlineData("--eps 8/255")]
    [InlineData("--eps-curve 4/255,8/255")]
    public async Task Run_JournalThatIsComplete_GivesTheSameBytes(string radius)
    {
        string[] arguments = ["--attack", "fgsm,pgd", .. radius.Split(' '), "--batch", "5", "--journal", Path.Combine(Folder, "journal"), "--out", Result];
        Assert.Equal(0, await Run(arguments));
        string first = File.ReadAllText(Result);
        Assert.Equal(0, await Run(arguments));
        Assert.Equal(first, File.ReadAllText(Result));
        Assert.Equal(EvaluateCommand.BadArguments, await Run([.. arguments, "--seed", "3"]));
        Assert.Contains("seed: stored 0, now 3", Error.ToString());
    }

    [Fact]
    public async Task Run_Timing_WritesTheTimesBesideTheResult()
    {
        string times = Path.Combine(Folder, "times.json");
        Assert.Equal(0, await Run("--attack", "fgsm,noise", "--timing", times));
        JsonElement root = JsonDocument.Parse(File.ReadAllText(times)).RootElement;
        double[] seconds = [.. root.GetProperty("attacks").EnumerateArray().Select(attack => attack.GetProperty("seconds").GetDouble())];
        Assert.Equal(2, seconds.Length);
        Assert.Equal(seconds.Sum(), root.GetProperty("seconds").GetDouble(), 1e-9);
        Assert.All(seconds, time => Assert.True(time > 0));
    }

    [Fact]
    public async Task Run_SaveAdversarial_CanBeReplayed()
    {
        string images = Path.Combine(Folder, "found.safetensors");
        Assert.Equal(0, await Run("--steps", "2", "--out", Result, "--save-adversarial", images));
        using AdversarialImages found = AdversarialImages.Load(images);
        using Classifier network = NetworkWeights.Open(Weights);
        JsonElement robust = JsonDocument.Parse(File.ReadAllText(Result)).RootElement.GetProperty("robust");
        Assert.Equal(new Proportion(robust.GetProperty("correct").GetInt64(), Records), found.Replay(network).Correct);
    }

    [Theory]
    [InlineData("--stem 4 --depths 1,1 --channels 4,8")]
    [InlineData("--stem 4 --depths 1,1 --channels 4,8 --classes 10")]
    [InlineData("--spec {folder}/spec.json")]
    [InlineData("")]
    public async Task Run_NetworkSaidInAnyWay_GivesTheSameResult(string network)
    {
        Assert.Equal(0, await Run([.. network.Replace("{folder}", Folder).Split(' ', StringSplitOptions.RemoveEmptyEntries), "--attack", "fgsm", "--out", Result]));
        Assert.Contains("WRN 1-1 / 4-8 under Linf 8/255, 12 test images, FGSM", Output.ToString());
    }

    /// <summary>Weights that know nothing of their normalisation, as others publish them, with that of their own.</summary>
    [Fact]
    public async Task Run_NormalizationSaid_IsThatOfTheNetwork()
    {
        WideResNetSpec plain = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]);
        using (Classifier network = (plain with { Normalization = new Normalization { Mean = [0.5, 0.4, 0.3], Std = [0.25, 0.2, 0.1] } }).Build(1))
            NetworkWeights.Save(network, Weights);
        Assert.Equal(0, await Run("--attack", "fgsm", "--out", Result));
        string expected = File.ReadAllText(Result);
        using (NamedTensors theirs = Safetensors.Read(Weights))
            Safetensors.Write(Weights, theirs.Pairs);

        Assert.Equal(0, await Run("--spec", Path.Combine(Folder, "spec.json"), "--mean", "0.5,0.4,0.3", "--std", "0.25,0.2,0.1", "--attack", "fgsm", "--out", Result));

        Assert.Equal(expected, File.ReadAllText(Result));
        Assert.Equal(0, await Run("--spec", Path.Combine(Folder, "spec.json"), "--attack", "fgsm", "--out", Result));
        Assert.NotEqual(expected, File.ReadAllText(Result));
    }

    /// <summary>Weights that bring their normalisation as constants: it is taken on and said, and what contradicts it refused.</summary>
    [Fact]
    public async Task Run_ConstantsBesideTheWeights_AreTakenOnAndSaid()
    {
        WideResNetSpec plain = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]);
        using (Classifier network = (plain with { Normalization = new Normalization { Mean = [0.5, 0.4, 0.3], Std = [0.25, 0.2, 0.1] } })
            .Build(1))
        {
            NetworkWeights.Save(network, Weights);
            Assert.Equal(0, await Run("--attack", "fgsm", "--out", Result));
            PyTorchFile.Write(Path.Combine(Folder, "theirs.pth"), [
                new("normalize.mean", torch.tensor(new[] { 0.5f, 0.4f, 0.3f })),
                    new("normalize.std", torch.tensor(new[] { 0.25f, 0.2f, 0.1f }).reshape(3, 1, 1)),
                .. network.Network.state_dict()
                    .Select(pair => KeyValuePair.Create("model." + new TradesNames().ToForeign(pair.Key), pair.Value))]);
        }
        string expected = File.ReadAllText(Result), theirs = Path.Combine(Folder, "theirs.pth"), spec = Path.Combine(Folder, "spec.json");

        Assert.Equal(0, await Run("--weights", theirs, "--spec", spec, "--attack", "fgsm", "--out", Result));
        Assert.Equal(expected, File.ReadAllText(Result));
        Assert.Contains(
            $"--weights: {theirs}, without the prefix model., names: trades; normalisation (mean 0.5 0.4 0.3, std 0.25 0.2 0.1) from "
            + $"normalize.mean, normalize.std, given to the network\n", Output.ToString());
        Assert.Equal(
            EvaluateCommand.BadArguments, await Run("--weights", theirs, "--spec", spec, "--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5",
            "--attack", "fgsm", "--out", Result));
        Assert.Contains("normalises pixels otherwise than the network: normalize.mean, normalize.std (mean 0.5 0.4 0.3", Error.ToString());
        Assert.Equal(0, await Run("--weights", theirs, "--spec", spec, "--skip", "normalize.*", "--attack", "fgsm", "--out", Result));
        Assert.NotEqual(expected, File.ReadAllText(Result));
        Assert.Equal(
            0, await Run("--surrogate", theirs, "--surrogate-spec", spec, "--surrogate-names", "trades", "--attack", "transfer", "--out",
            Result));
        Assert.Contains($"--surrogate: {theirs}, without the prefix model.", Output.ToString());
    }

    /// <summary>Whoever says whose names a file has says that its names are all that counts.</summary>
    [Fact]
    public async Task Run_WeightsOfOtherConventions_AreRefusedUnlessTheirNamesAreGiven()
    {
        string theirs = Path.Combine(Folder, "theirs.pth"), spec = Path.Combine(Folder, "spec.json");
        using (Classifier network = NetworkWeights.Open(Weights))
        {
            PyTorchFile.Write(theirs, network.Network.state_dict()
                .Select(pair => KeyValuePair.Create(new GowalNames().ToForeign(pair.Key), pair.Value)));
        }

        Assert.Equal(EvaluateCommand.BadArguments, await Run("--weights", theirs, "--spec", spec, "--attack", "fgsm", "--out", Result));
        Assert.Contains("fits the network by names and shapes, but not by what it computes", Error.ToString());
        Assert.Equal(0, await Run("--weights", theirs, "--spec", spec, "--names", "gowal", "--attack", "fgsm", "--out", Result));
        Assert.Contains("Warning: --weights: the code of Gowal et al. 2020", Output.ToString());
    }

    /// <summary>The weights are random numbers, and of other images than these.</summary>
    [Fact]
    public async Task Run_SyntheticImagesThatAreNotTheNetworks_WarnsOfGuessing()
    {
        Assert.Equal(0, await Run("--data", "synthetic", "--examples", "50", "--attack", "fgsm"));

        Assert.Contains("of 50 unchanged images are classified rightly, which guessing among 10 classes does too", Output.ToString());
    }

    [Fact]
    public async Task Run_WeightsWithNaN_StopsWithTheReason()
    {
        using Classifier network = NetworkWeights.Open(Weights);
        using (torch.no_grad())
            network.parameters().First().FillInPlace(double.NaN);
        NetworkWeights.Save(network, Weights);
        Assert.Equal(1, await Run("--out", Result));
        Assert.StartsWith("logits must be finite, got NaN or infinity for 12 of 12 images", Error.ToString());
        Assert.False(File.Exists(Result));
    }

    private static Task<JsonSchema> Schema(string name) => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", $"{name}.schema.json"));

    private async Task<string> Valid(string schema)
    {
        string json = File.ReadAllText(Result);
        Assert.Empty((await Schema(schema)).Validate(json));
        return json;
    }
}
