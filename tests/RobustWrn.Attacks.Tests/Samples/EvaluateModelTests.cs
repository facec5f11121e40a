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
    public async Task Run_Images_WritesWhatTheSchemaDescribes(string norm, string epsilon, string attack, int examples)
    {
        List<string> arguments = ["--norm", norm, "--eps", epsilon, "--attack", attack, "--steps", "3", "--examples", $"{examples}", "--out", Result];
        Assert.Equal(0, await Run([.. arguments]));

        JsonSchema schema = await JsonSchema.FromFileAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "evaluation.schema.json"));
        string json = File.ReadAllText(Result);
        Assert.Empty(schema.Validate(json));
        Assert.NotEmpty(schema.Validate(json.Replace("\"cleanPrediction\"", "\"prediction\"")));
        JsonElement root = JsonDocument.Parse(json).RootElement;
        Assert.Equal(examples, root.GetProperty("examples").GetArrayLength());
        Assert.Equal(examples, root.GetProperty("clean").GetProperty("total").GetInt32());
        Assert.Equal(Enumerable.Range(0, examples), root.GetProperty("examples").EnumerateArray().Select(example => example.GetProperty("index").GetInt32()));
        Assert.Equal(attack.Split(',').Length, root.GetProperty("attacks").GetArrayLength());
        Assert.Contains("Estimate: at most", _output.ToString());
        Assert.Contains("Robust accuracy:", _output.ToString());
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

    [Theory]
    [InlineData("--eps 8", "--eps must be in (0, 1] for linf, got 8. Pixels are in [0, 1]: write --eps 8/255.")]
    [InlineData("--eps much", "--eps must be a number or a fraction, got much.")]
    [InlineData("--norm l3", "--norm must be linf or l2, got l3.")]
    [InlineData("--attack deepfool", "--attack must be of fgsm, pgd, cw, got deepfool.")]
    [InlineData("--steps 0", "--steps must be at least 1, got 0.")]
    [InlineData("--attack fgsm --steps 5", "--steps must be 1 for fgsm, which takes one step, got 5.")]
    [InlineData("--attack cw --norm l2 --restarts 5", "--restarts must be 1 for cw in l2, without a random start, got 5.")]
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
    [InlineData("--steps few", "few")]
    [InlineData("--colour red", "--colour")]
    public async Task Run_BadArgument_SaysRuleValueAndRemedy(string arguments, string message)
    {
        Assert.Equal(EvaluateCommand.BadArguments, await Run(arguments.Replace("{folder}", _folder).Split(' ')));
        Assert.Contains(message, _error.ToString());
        Assert.DoesNotContain("   at ", _error.ToString());
        Assert.False(File.Exists(Result));
    }

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
            network.parameters().First().fill_(double.NaN);
        NetworkWeights.Save(network, Weights);
        Assert.Equal(1, await Run("--out", Result));
        Assert.StartsWith("logits must be finite, got NaN or infinity for 12 of 12 images", _error.ToString());
        Assert.False(File.Exists(Result));
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
