using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using DescribeArchitecture;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>samples/DescribeArchitecture from its command line to what it prints.</summary>
public sealed class DescribeArchitectureTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();
    private readonly StringWriter _output = new(), _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_Preset_PrintsItsTable()
    {
        Assert.Equal(0, await Run("wrn-34-r"));

        Assert.Equal(WideResNetSpec.Wrn34R.Describe() + Environment.NewLine, _output.ToString());
    }

    [Fact]
    public async Task Run_Numbers_DescribesWhatTheySay()
    {
        Assert.Equal(0, await Run("--stem", "16", "--depths", "5,5,2", "--channels", "160,320,640", "--strides", "1,2,1", "--block", "robust-res", "--input", "48", "--classes", "100"));

        WideResNetSpec spec = (WideResNetSpec.Of(16, [5, 5, 2], [160, 320, 640]).WithBlock(new RobustResBlock()) with { Classes = 100 }).WithStage(2, stage => stage with { Stride = 1 });
        Assert.Equal(spec.Describe(48, 48) + Environment.NewLine, _output.ToString());
    }

    [Fact]
    public async Task Run_NumbersAlone_AreBasicBlocksWithUsualStrides()
    {
        Assert.Equal(0, await Run("--stem", "16", "--depths", "4,4,4", "--channels", "160,320,640"));

        Assert.StartsWith("WRN-28-10 ", _output.ToString());
    }

    [Theory]
    [InlineData("WRN-28-10")]
    [InlineData("ResNet-18")]
    [InlineData("VGG-16")]
    [InlineData("DenseNet-121")]
    public async Task Run_File_IsReadWhateverTheNetworkIs(string preset)
    {
        string file = Path.Combine(_folder, "spec.json");
        File.WriteAllText(file, DescriptionJson.Write(NetworkPresets.Get(preset)));

        Assert.Equal(0, await Run(file, "--classes", "100", "--json"));

        JsonElement root = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(100, root.GetProperty("classes").GetInt32());
        Assert.True(NetworkPresets.Get(preset).Cost(32, 32).Parameters < root.GetProperty("parameters").GetInt64());
    }

    /// <summary>Parameters of the object are those of the network that is really built, and its stages add up.</summary>
    [Fact]
    public async Task Run_Json_IsOneObjectThatAddsUp()
    {
        Assert.Equal(0, await Run("--stem", "8", "--depths", "1,2", "--channels", "8,16", "--json", "--compare", "WRN-A1", "VGG-11"));

        JsonElement root = JsonDocument.Parse(_output.ToString()).RootElement;
        WideResNetSpec spec = WideResNetSpec.Of(8, [1, 2], [8, 16]);
        using (DisposeScope scope = NewDisposeScope())
        using (Classifier classifier = spec.Build(0))
            Assert.Equal(classifier.parameters().Sum(parameter => parameter.numel()), root.GetProperty("parameters").GetInt64());
        JsonElement[] stages = [.. root.GetProperty("stages").EnumerateArray()];
        Assert.Equal(["stem", "stage 1", "stage 2", "head"], stages.Select(stage => stage.GetProperty("name").GetString()));
        foreach (string number in new[] { "parameters", "macs" })
            Assert.Equal(root.GetProperty(number).GetInt64(), stages.Sum(stage => stage.GetProperty(number).GetInt64()));
        NetworkCost cost = spec.Cost(32, 32);
        foreach ((string step, long kept, long peak) in new[] { ("training", cost.TrainingActivations, cost.TrainingActivationBytes(1)), ("attack", cost.AttackActivations, cost.AttackActivationBytes(1)) })
        {
            Assert.Equal(peak, root.GetProperty("activationBytes").GetProperty(step).GetInt64());
            Assert.Equal(4 * kept, stages.Sum(stage => stage.GetProperty("activationBytes").GetProperty(step).GetInt64()));
        }
        Assert.Equal(["WRN-A1", "VGG-11"], root.GetProperty("compare").EnumerateArray().Select(other => other.GetProperty("name").GetString()));
    }

    /// <summary>Whatever depth and width, in the same way as all samples.</summary>
    [Theory]
    [InlineData("WRN-10-1", 77_850)]
    [InlineData("wrn-16-4", 2_748_890)]
    [InlineData("WRN-40-2", 2_243_546)]
    public async Task Run_DepthAndWidth_DescribesThatNetwork(string name, long parameters)
    {
        Assert.Equal(0, await Run(name, "--json"));

        Assert.Equal(parameters, JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("parameters").GetInt64());
    }

    [Fact]
    public async Task Run_Compare_GivesTheFactors()
    {
        Assert.Equal(0, await Run("WRN-28-10", "--compare", "WRN-34-R"));

        Assert.Contains("WRN-34-R: 68,116,698 parameters (1.87 times WRN-28-10's), 19,132,765,184 MACs (3.65 times)", _output.ToString());
    }

    [Fact]
    public async Task Run_Svg_WritesTheDrawing()
    {
        string file = Path.Combine(_folder, "drawings", "network.svg");

        Assert.Equal(0, await Run("RobustResNet-A1", "--svg", file));

        Assert.Equal(NetworkPresets.Get("RobustResNet-A1").Draw().ToSvg(), File.ReadAllText(file));
        Assert.Equal("svg", XElement.Load(file).Name.LocalName);
    }

    [Theory]
    [InlineData("", "a network must be given: a preset, a JSON file, or --stem, --depths and --channels. Write WRN-28-10, or --stem 16 --depths 5,5,2 --channels 160,320,640.")]
    [InlineData("WRN-28-10 --stem 16", "WRN-28-10 must not be given together with --stem, --depths, --channels, --strides or --block: they say the same thing twice. Leave one out.")]
    [InlineData("--stem 16 --depths 1,1 --channels 8", "--channels must have one number for each of the 2 stages of --depths, got 1.")]
    [InlineData("--stem 16 --depths 1,1 --channels 8,8 --strides 1", "--strides must have one number for each of the 2 stages of --depths, got 1.")]
    [InlineData("--stem 16 --depths 1,0 --channels 8,8", "Stages[1].Depth: must be at least 1, got 0.")]
    [InlineData("--stem 16 --depths 1,x --channels 8,8", "--depths must be whole numbers with commas between them, got 1,x. Write --depths 5,5,2.")]
    [InlineData("--stem 0 --depths 1 --channels 8", "--stem must be at least 1, got 0. Write --stem 16.")]
    [InlineData("--depths 1 --channels 8", "--stem must be given with --stem, --depths and --channels, got nothing. Write --stem 16.")]
    [InlineData("WRN-28-10 --input 3.5", "--input must be a whole number, got 3.5. Write --input 32.")]
    [InlineData("WRN-28-10 --classes 1", "Classes: must be at least 2, got 1.")]
    [InlineData("WRN-28-10 --svg {folder}", "--svg must name a file, but {folder} is a folder.")]
    [InlineData("VGG-16 --input 1", "--input 1: images must be at least 32 x 32 for the poolings of VGG-16, got 1 x 1. Take larger images or fewer stages.")]
    [InlineData("WRN-12-4", "a network WRN-12-4: depth must be 6n + 4 with n of at least 1 (10, 16, 22, 28, 34, ...), got 12. Use WideResNetSpec.Of for other depths per stage.")]
    [InlineData("WRN-16-0", "a network WRN-16-0: widen must be in [1, 1000000], got 0. The published networks have 1 to 20.")]
    [InlineData("WRN-99999999999-1", "a network WRN-99999999999-1: depth must be at most 10000. The published networks have 10 to 106 layers.")]
    [InlineData("WRN-28-10 --svg /proc/drawing.svg", "--svg must be where files can be written, but nothing can be in /proc (the file system makes no new entries there). Choose another place.")]
    [InlineData("WRN-28-10 --nonsense", "Unrecognized command or argument '--nonsense'.\nSee --help.")]
    public async Task Run_BadArguments_SaysWhichRuleIsBroken(string arguments, string expected)
    {
        Assert.Equal(DescribeCommand.BadArguments, await Run(arguments.Replace("{folder}", _folder).Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal(expected.Replace("{folder}", _folder), _error.ToString().ReplaceLineEndings("\n").TrimEnd());
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Run_SeveralMistakes_ListsAllOfThem()
    {
        Assert.Equal(DescribeCommand.BadArguments, await Run("--stem", "x", "--depths", "5,5", "--channels", "1,2,3", "--block", "nope", "--input", "0", "--compare", "WRN-99"));

        string[] lines = _error.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, lines.Length);
        Assert.Contains(lines, line => line.StartsWith("--block must be one of basic, bottleneck, ", StringComparison.Ordinal) && line.EndsWith("got nope.", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("a network must be WRN-depth-widen (WRN-16-4), a preset (WRN-28-10, ", StringComparison.Ordinal) && line.EndsWith("got WRN-99, which is none of them.", StringComparison.Ordinal));
    }

    /// <summary>Describing is arithmetic: the loader's own log shows that no libtorch is opened.</summary>
    [Fact]
    public async Task Run_AsProgram_LoadsNoLibTorch()
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "DescribeArchitecture.dll"), "WRN-28-10", "--json"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LD_DEBUG"] = "files";
        start.Environment.Remove("ROBUSTWRN_LIBTORCH");
        using Process process = Process.Start(start)!;
        Task<string> text = process.StandardOutput.ReadToEndAsync(), log = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(36_479_194, JsonDocument.Parse(await text).RootElement.GetProperty("parameters").GetInt64());
        if (OperatingSystem.IsLinux())
            Assert.Contains("libc", await log);
        Assert.DoesNotContain("torch", (await log).Replace(AppContext.BaseDirectory, "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);
    }

    private Task<int> Run(params string[] arguments) => DescribeCommand.RunAsync(arguments, _output, _error);
}
