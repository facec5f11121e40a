using System.Text.Json;
using EvaluateModel;
using NJsonSchema;
using RobustWrn.Core;
using TorchSharp;

namespace RobustWrn.Attacks.Tests;

/// <summary>samples/EvaluateModel from its command line to its files.</summary>
public sealed class EvaluateModelTests : IDisposable
{
    private const int Records = 12;

    private readonly DisposeScope _scope = torch.NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("evaluate-model").FullName;
    private readonly StringWriter _output = new(), _error = new();

    public EvaluateModelTests()
    {
        RandomSequence draws = RandomStream.From(8).Sequence();
        byte[] images = new byte[Records * 3073];
        for (int i = 0; i < images.Length; i++)
            images[i] = (byte)draws.NextInt(i % 3073 == 0 ? 10 : 256);
        File.WriteAllBytes(Path.Combine(_folder, "test_batch.bin"), images);
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
        NetworkWeights.Save(network, Weights);
        File.WriteAllText(Path.Combine(_folder, "spec.json"), DescriptionJson.Write(network.Spec));
    }

    private string Weights => Path.Combine(_folder, "weights.safetensors");

    private string Result => Path.Combine(_folder, "results", "result.json");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

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
        Assert.Contains("Estimate: at most", _output.ToString());
        Assert.All(root.GetProperty("examples").EnumerateArray(), example =>
            Assert.Equal(example.GetProperty("robust").GetBoolean(), example.GetProperty("margin").GetSingle() > 0));
        Assert.Equal(root.GetProperty("classes").EnumerateArray().Min(Robust), Robust(root.GetProperty("worstClass")));
        Assert.DoesNotContain("seconds", json);
        Assert.Contains("worst class: ", _output.ToString());
        Assert.Contains($"audit:        {root.GetProperty("audit").GetProperty("verdict").GetString()}, as far as ", _output.ToString());
        Assert.Contains("conformance:  none, because only AutoAttack", _output.ToString());

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
        Assert.Contains($"1 test images, {attacks}\n", _output.ToString());
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
        Assert.Contains($"conformance:  {label}", _output.ToString());
    }

    [Fact]
    public async Task Run_SearchInBFloat16_SaysSoInTheResult()
    {
        Assert.Equal(0, await Run("--attack", "apgd-ce", "--steps", "2", "--examples", "3", "--search-bf16", "--out", Result));
        JsonElement root = JsonDocument.Parse(await Valid("evaluation")).RootElement;
        Assert.Contains("bfloat16", Assert.Single(root.GetProperty("notices").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("bfloat16", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SuiteFromTheResult_GivesTheSameResult()
    {
        Assert.Equal(0, await Run("--attack", "fgsm,apgd-dlr", "--steps", "3", "--norm", "l1", "--out", Result));
        string first = File.ReadAllText(Result), suite = Path.Combine(_folder, "suite.json");
        File.WriteAllText(suite, JsonDocument.Parse(first).RootElement.GetProperty("suite").GetRawText());
        Assert.Equal(0, await Run("--suite", suite, "--norm", "L1", "--eps", "12", "--out", Result));
        Assert.Equal(first, File.ReadAllText(Result));
    }

    [Fact]
    public async Task Run_SuiteWithProblems_SaysAllOfThem()
    {
        string suite = Path.Combine(_folder, "suite.json");
        File.WriteAllText(suite, """{"version":1,"type":"suite","name":"","attacks":[{"type":"pgd","steps":0},{"type":"square","initialShare":2}]}""");
        Assert.Equal(EvaluateCommand.BadArguments, await Run("--suite", suite, "--steps", "3", "--attack", "pgd", "--out", Result));
        string[] lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
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
        string other = Path.Combine(_folder, "other.pth");
        using (Classifier surrogate = WideResNetSpec.Of(stem: 4, depths: [1], widths: [6]).Build(3))
        {
            PyTorchFile.Write(other, surrogate.Network.state_dict());
            File.WriteAllText(Path.Combine(_folder, "other.json"), DescriptionJson.Write(surrogate.Spec));
        }
        Assert.Equal(0, await Run("--attack", "transfer", "--surrogate", other, "--surrogate-spec", Path.Combine(_folder, "other.json"), "--out", Result));
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
        Assert.Contains("linf in 3 radii", _output.ToString());
        Assert.Contains("epsilon 0.0078, PGD-3 (2 of 2): 12 of 12 images, ", _output.ToString());
        Assert.Contains("  0.007843  ", _output.ToString());
    }

    /// <summary>The journal says what is done, so a second run attacks nothing and writes the same bytes; times may differ and go elsewhere.</summary>
    [Theory]
    [InlineData("--eps 8/255")]
    [InlineData("--eps-curve 4/255,8/255")]
    public async Task Run_JournalThatIsComplete_GivesTheSameBytes(string radius)
    {
        string[] arguments = ["--attack", "fgsm,pgd", .. radius.Split(' '), "--batch", "5", "--journal", Path.Combine(_folder, "journal"), "--out", Result];
        Assert.Equal(0, await Run(arguments));
        string first = File.ReadAllText(Result);
        Assert.Equal(0, await Run(arguments));
        Assert.Equal(first, File.ReadAllText(Result));
        Assert.Equal(EvaluateCommand.BadArguments, await Run([.. arguments, "--seed", "3"]));
        Assert.Contains("seed: stored 0, now 3", _error.ToString());
    }

    [Fact]
    public async Task Run_Timing_WritesTheTimesBesideTheResult()
    {
        string times = Path.Combine(_folder, "times.json");
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
        string images = Path.Combine(_folder, "found.safetensors");
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
        Assert.Equal(0, await Run([.. network.Replace("{folder}", _folder).Split(' ', StringSplitOptions.RemoveEmptyEntries), "--attack", "fgsm", "--out", Result]));
        Assert.Contains("WRN 1-1 / 4-8 under Linf 8/255, 12 test images, FGSM", _output.ToString());
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

        Assert.Equal(0, await Run("--spec", Path.Combine(_folder, "spec.json"), "--mean", "0.5,0.4,0.3", "--std", "0.25,0.2,0.1", "--attack", "fgsm", "--out", Result));

        Assert.Equal(expected, File.ReadAllText(Result));
        Assert.Equal(0, await Run("--spec", Path.Combine(_folder, "spec.json"), "--attack", "fgsm", "--out", Result));
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
            PyTorchFile.Write(Path.Combine(_folder, "theirs.pth"), [
                new("normalize.mean", torch.tensor(new[] { 0.5f, 0.4f, 0.3f })),
                    new("normalize.std", torch.tensor(new[] { 0.25f, 0.2f, 0.1f }).reshape(3, 1, 1)),
                .. network.Network.state_dict()
                    .Select(pair => KeyValuePair.Create("model." + new TradesNames().ToForeign(pair.Key), pair.Value))]);
        }
        string expected = File.ReadAllText(Result), theirs = Path.Combine(_folder, "theirs.pth"), spec = Path.Combine(_folder, "spec.json");

        Assert.Equal(0, await Run("--weights", theirs, "--spec", spec, "--attack", "fgsm", "--out", Result));
        Assert.Equal(expected, File.ReadAllText(Result));
        Assert.Contains(
            $"--weights: {theirs}, without the prefix model., names: trades; normalisation (mean 0.5 0.4 0.3, std 0.25 0.2 0.1) from "
            + $"normalize.mean, normalize.std, given to the network\n", _output.ToString());
        Assert.Equal(
            EvaluateCommand.BadArguments, await Run("--weights", theirs, "--spec", spec, "--mean", "0.5,0.5,0.5", "--std", "0.5,0.5,0.5",
            "--attack", "fgsm", "--out", Result));
        Assert.Contains("normalises pixels otherwise than the network: normalize.mean, normalize.std (mean 0.5 0.4 0.3", _error.ToString());
        Assert.Equal(0, await Run("--weights", theirs, "--spec", spec, "--skip", "normalize.*", "--attack", "fgsm", "--out", Result));
        Assert.NotEqual(expected, File.ReadAllText(Result));
        Assert.Equal(
            0, await Run("--surrogate", theirs, "--surrogate-spec", spec, "--surrogate-names", "trades", "--attack", "transfer", "--out",
            Result));
        Assert.Contains($"--surrogate: {theirs}, without the prefix model.", _output.ToString());
    }

    [Theory]
    [InlineData("--names nobodys", "--names must be one of gowal, lu, paper, trades, got nobodys.")]
    [InlineData("--surrogate {folder}/weights.safetensors --surrogate-names nobodys", "--surrogate-names must be one of")]
    [InlineData("--entry ema", "it has no entry \"ema\": a safetensors file has none")]
    [InlineData("--skip head.*", "\"head.*\" fits none")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5,0.5 --std 0.2,0.2,0.2",
        "normalises pixels otherwise than the network: the spec in the file (no normalisation)")]
    [InlineData("--mean 0.5,0.5,0.5", "--mean and --std must come with --spec")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5,0.5", "--std must be one number for each channel")]
    [InlineData("--spec {folder}/spec.json --mean 0.5,0.5 --std 0.2,0.2", "Normalization")]
    [InlineData("--eps 8", "--eps must be in (0, 1] for linf, got 8. Pixels are in [0, 1]: write --eps 8/255.")]
    [InlineData("--eps 8/0", "--eps must be a finite number, and nothing is divided by 0, got 8/0. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--eps nan", "--eps must be a finite number, got nan. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--eps 300/255", "--eps must be in (0, 1] for linf, got 300/255. Pixels are in [0, 1]: write --eps 8/255.")]
    [InlineData("--eps=-8/255", "--eps must be above 0, got -8/255. Pixels are in [0, 1]. Write --eps 8/255, or --eps 0.031.")]
    [InlineData("--norm l2 --eps 1e999", "--eps must be a finite number, got 1e999. Write --eps 0.5, or --eps 128/255.")]
    [InlineData("--eps much", "--eps must be a number or a fraction, got much.")]
    [InlineData("--norm l3", "--norm must be of linf, l2, l1, got l3. Write --norm linf.")]
    [InlineData("--norm l1 --eps 0", "--eps must be above 0, got 0.")]
    [InlineData("--eps-curve 2/255,8", "--eps-curve must be in (0, 1] for linf, got 8. Pixels are in [0, 1]: write --eps-curve 8/255.")]
    [InlineData("--eps-curve 2/255,", "--eps-curve must be a number or a fraction, got nothing.")]
    [InlineData("--eps-curve 2/255 --eps 0.1", "--eps must not be given together with --eps-curve, got 0.1 and 2/255. Leave one out.")]
    [InlineData("--eps-curve 2/255 --save-adversarial some", "--save-adversarial must not be given with --eps-curve, got some: run the radius whose images are wanted alone, with --eps.")]
    [InlineData("--attack lucky", "apgd-ce, apgd-dlr, apgd-t, apgd-targeted, autoattack, autoattack-plus, autoattack-rand, cw, cw-l2, cw-linf, deepfool, ")]
    [InlineData("--attack lucky", ", got lucky.")]
    [InlineData("--attack ,", "--attack must name at least one attack, got none.")]
    [InlineData("--attack cw --norm l1", "--attack cw must be run in linf or l2, the norms it is published for, got l1.")]
    [InlineData("--attack transfer", "transfer of PGD-20 must have another network to attack, got none. Add --surrogate FILE.")]
    [InlineData("--surrogate-spec WRN-10-1", "--surrogate-spec must come with the weights, got WRN-10-1 alone. Add --surrogate FILE.")]
    [InlineData("--surrogate nowhere", "--surrogate must name a weights file (safetensors or .pth), but there is no file nowhere.")]
    [InlineData("--suite nowhere.json", "--suite must name a file with a suite of attacks as JSON: Could not find file")]
    [InlineData("--suite {folder}/spec.json", "\"type\" must be one of suite for AttackSuite, got \"")]
    [InlineData("--journal {folder}/spec.json", "--journal must name a folder, but")]
    [InlineData("--steps 0", "--steps must be at least 1, got 0.")]
    [InlineData("--attack fgsm --steps 5", "--steps must come with an attack that has steps to set, got 5 for fgsm.")]
    [InlineData("--attack autoattack --steps 5", "--steps must come with an attack that has steps to set, got 5 for autoattack.")]
    [InlineData("--attack cw --norm l2 --restarts 5", "--restarts must come with an attack that has restarts to set, got 5 for cw.")]
    [InlineData("--examples 13", "--examples must be at most the 12 test images of")]
    [InlineData("--examples 0", "--examples must be at least 1, got 0.")]
    [InlineData("--batch 0", "--batch must be at least 1, got 0.")]
    [InlineData("--spec WRN-29-10", "depth must be 6n + 4")]
    [InlineData("--spec resnet", "--spec must be WRN-depth-widen (WRN-16-4), a preset (WRN-28-10, ")]
    [InlineData("--spec vgg-11 --classes 5", "must fit the network; nothing was loaded.")]
    [InlineData("--spec densenet-121 --classes 0", "Classes: must be at least 2, got 0.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4", "--depths and --channels must have one number for each stage, got 2 and 1.")]
    [InlineData("--stem 4 --depths 1;1 --channels 4,8", "--depths must be whole numbers with commas between them, got 1;1.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4,9", "must fit the network; nothing was loaded.")]
    [InlineData("--stem 4 --depths 1,1 --channels 4,8 --classes 5", "must fit the network; nothing was loaded.")]
    [InlineData("--weights nowhere.safetensors", "--weights must name a weights file (safetensors or .pth), but there is no file nowhere.safetensors.")]
    [InlineData("--data nowhere", "--data: nowhere must be a folder with the files of CIFAR-10")]
    [InlineData("--out {folder}/test_batch.bin/result.json", "test_batch.bin is a file. Choose another place.")]
    [InlineData("--save-adversarial {folder}", "is a folder.")]
    [InlineData("--steps few", "--steps must be a whole number, got few. Write --steps 20.")]
    [InlineData("--steps 3000000000", "--steps must be at most 2147483647, got 3000000000. Write --steps 20.")]
    [InlineData("--seed -5", "--seed must be at least 0, got -5. Write --seed 0, or more.")]
    [InlineData("--seed five", "--seed must be a whole number, got five. Write --seed 1.")]
    [InlineData("--data synthetic --examples 100000000", "--examples must be at most 1000000, got 100000000.")]
    [InlineData("--out {folder}/same --timing {folder}/same", "--out and --timing must name different files")]
    [InlineData("--colour red", "--colour")]
    public async Task Run_BadArgument_SaysRuleValueAndRemedy(string arguments, string message)
    {
        Assert.Equal(EvaluateCommand.BadArguments, await Run(arguments.Replace("{folder}", _folder).Split(' ')));
        Assert.Contains(message, _error.ToString());
        Assert.DoesNotContain("   at ", _error.ToString());
        Assert.DoesNotContain("Nullable", _error.ToString());
        Assert.False(File.Exists(Result));
    }

    [Fact]
    public async Task Run_Help_NamesNoTypeOfTheLanguage()
    {
        Assert.Equal(0, await Run("--help"));

        Assert.All((string[])["`", "System.", "Nullable", "Int32"], part => Assert.DoesNotContain(part, _output.ToString()));
    }

    /// <summary>The weights are random numbers, and of other images than these.</summary>
    [Fact]
    public async Task Run_SyntheticImagesThatAreNotTheNetworks_WarnsOfGuessing()
    {
        Assert.Equal(0, await Run("--data", "synthetic", "--examples", "50", "--attack", "fgsm"));

        Assert.Contains("of 50 unchanged images are classified rightly, which guessing among 10 classes does too", _output.ToString());
    }

    [Theory]
    [InlineData(0, 1_000, 10, true)]
    [InlineData(100, 1_000, 10, true)]
    [InlineData(125, 1_000, 10, true)]
    [InlineData(150, 1_000, 10, false)]
    [InlineData(285, 1_000, 10, false)]
    [InlineData(1_100, 10_000, 10, true)]
    [InlineData(1_200, 10_000, 10, false)]
    [InlineData(1, 8, 10, true)]
    [InlineData(1, 1, 10, false)]
    [InlineData(110, 10_000, 100, true)]
    [InlineData(55, 100, 2, true)]
    [InlineData(90, 100, 2, false)]
    [InlineData(0, 0, 10, false)]
    public void Warning_CleanAccuracy_IsGivenAtChance(long hits, long total, int classes, bool warned) =>
        Assert.Equal(warned, Guessing.Warning(new Proportion(hits, total), classes) is not null);

    [Fact]
    public async Task Run_SeveralBadArguments_SaysAllAtOnce()
    {
        Assert.Equal(EvaluateCommand.BadArguments, await Run("--eps", "8", "--steps", "0", "--batch", "0", "--data", "nowhere", "--weights", "nowhere"));
        Assert.Equal(5, _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Run_TruncatedTestFile_SaysSo()
    {
        string file = Path.Combine(_folder, "test_batch.bin");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Assert.Equal(EvaluateCommand.BadArguments, await Run());
        Assert.Contains("must hold a whole number of CIFAR-10 records of 3073 bytes", _error.ToString());
    }

    [Fact]
    public async Task Run_WeightsWithNaN_StopsWithTheReason()
    {
        using Classifier network = NetworkWeights.Open(Weights);
        using (torch.no_grad())
            network.parameters().First().FillInPlace(double.NaN);
        NetworkWeights.Save(network, Weights);
        Assert.Equal(1, await Run("--out", Result));
        Assert.StartsWith("logits must be finite, got NaN or infinity for 12 of 12 images", _error.ToString());
        Assert.False(File.Exists(Result));
    }

    private static Task<JsonSchema> Schema(string name) => JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", $"{name}.schema.json"));

    private async Task<string> Valid(string schema)
    {
        string json = File.ReadAllText(Result);
        Assert.Empty((await Schema(schema)).Validate(json));
        return json;
    }

    /// <summary>Runs with the images and weights of this test unless the arguments name others.</summary>
    private Task<int> Run(params string[] arguments)
    {
        List<string> all = [.. arguments];
        if (!all.Contains("--data"))
            all.AddRange(["--data", _folder]);
        if (!all.Contains("--weights"))
            all.AddRange(["--weights", Weights]);
        return EvaluateCommand.RunAsync([.. all], _output, _error);
    }
}
