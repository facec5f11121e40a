using System.Globalization;
using System.Text.RegularExpressions;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Samples.Tests;

/// <summary>A search from the command line: previewed, run, gone on with, and its best network judged by another sample.</summary>
[Trait("Category", "Slow")]
public sealed partial class SearchArchitectureTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    private string[] Arguments(string run, int trials = 2) =>
        [.. _runs.Of("SearchArchitecture", run).Arguments.Select((argument, i) => i == 5 ? $"{trials}" : argument)];

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Search_StoppedAndGoneOnWith_EndsInTheSameResult()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals on Windows");
        ExperimentResult whole = Result("whole");
        using (SampleProcess process = SampleProcess.Start("SearchArchitecture", Arguments("parts")))
        {
            process.WaitFor("validation: robust");
            process.Terminate();
            Assert.Equal(143, process.End());
        }
        Assert.False(File.Exists(_runs.In("parts/result.json")));

        ExperimentResult parts = Result("parts");

        Assert.Equal(2, parts.Networks.Count);
        Assert.Equal(whole with { Timing = parts.Timing }, parts);
    }

    /// <summary>The first trials stay, and more follow them; other settings are another search.</summary>
    [Fact]
    public void Search_MoreTrialsInTheSameFolder_GoesOnFromThem()
    {
        ExperimentResult two = Result("run");

        (int code, string output, string error) = Run(Arguments("run", trials: 3));

        Assert.True(code == 0, output + error);
        Assert.Contains("trial 1: ", output, StringComparison.Ordinal);
        Assert.Equal(2, Lines(output).Count(line =>
            line.Contains(", validation: ", StringComparison.Ordinal) && line.EndsWith(", resumed", StringComparison.Ordinal)));
        ExperimentResult three = ExperimentResult.Read(_runs.In("run/result.json"));
        Assert.Equal(
            two.Networks.Select(network => (network.Spec, network.Measures)),
            three.Networks.Take(2).Select(network => (network.Spec, network.Measures)));
        Assert.Equal(3, three.Networks.Count);

        (code, output, error) = Run([.. Arguments("run"), "--sampler", "random"]);
        Assert.Equal(2, code);
        Assert.Contains("holds another experiment", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public void DryRun_OfASearch_NamesItsFirstTrialsAndWritesNothing()
    {
        (int code, string output, string error) = Run([.. Arguments("run"), "--dry-run"]);

        Assert.True(code == 0, error);
        Assert.Contains("232 different networks, of 576 points.", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_runs.In("run")));
        string[] said = [.. Lines(output).Where(line => line.StartsWith("  trial ", StringComparison.Ordinal))];
        Assert.Equal(2, said.Length);
        foreach ((NetworkResult network, string line) in Result("run").Networks.Zip(said))
        {
            Assert.Contains($"trial {network.Trial} ", line, StringComparison.Ordinal);
            Assert.Contains($" {network.Name} ", line, StringComparison.Ordinal);
            Assert.Contains($" {Quantity.Short(network.MultiplyAdds)} MACs", line, StringComparison.Ordinal);
        }
    }

    /// <summary>The command of the README: what the space varies of the width that is solved for counts for nothing.</summary>
    [Fact]
    public void DryRun_SpaceOfTheLiteratureAtOneCost_NamesNetworksOfThatCost()
    {
        (int code, string output, string error) = Run(
            "--space", "nares", "--macs", "5G", "--sampler", "nsga-ii", "--pruner", "schedule-aware-halving", "--trials", "40",
            "--objective", "robust", "clean", "--require", "clean:80%:1%", "--out", _runs.In("run"), "--dry-run");

        Assert.True(code == 0, output + error);
        Assert.Contains("Search over nares by nsga-ii and schedule-aware-halving: ", output, StringComparison.Ordinal);
        Assert.Contains("340 different networks, of 15625 points.", output, StringComparison.Ordinal);
    }

    /// <summary>The networks get the classes of the images; those with others would be refused.</summary>
    [Fact]
    public void DryRun_FolderOfCifar100_IsOfNetworksOfItsClasses()
    {
        const int record = 2 + 3 * 32 * 32;
        File.WriteAllBytes(_runs.In("train.bin"), new byte[1_100 * record]);
        File.WriteAllBytes(_runs.In("test.bin"), new byte[40 * record]);

        (int code, string output, string error) =
            Run("--data", Path.GetDirectoryName(_runs.In("train.bin"))!, "--test-images", "30", "--baseline", "WRN-10-1", "--dry-run");

        Assert.True(code == 0, output + error);
        Assert.Contains("100 images to train on, 1000 to select on, 30 to test on.", output, StringComparison.Ordinal);
    }

    /// <summary>All by one hard constraint, under a limit, for three objectives, from a file, beside a baseline.</summary>
    [Fact]
    public void Search_SpaceFileWithAFreeWidth_TrainsNetworksOfOneCostAndSaysHowTheyDid()
    {
        File.WriteAllText(_runs.In("space.json"), DescriptionJson.Write(new SpaceFile
        {
            Base = WideResNetSpec.Of(8, [1, 1], [8, 16]) with { Stem = new StemSpec { Width = 8, Stride = 2 } },
            Dimensions =
            [
                new() { Target = "stages[0].depth", Values = [new("1"), new("2")] },
                new() { Target = "activation", Values = [new("\"relu\""), new("\"silu\"")] },
            ],
        }));
        File.WriteAllText(_runs.In("base.json"), DescriptionJson.Write(WideResNetSpec.Of(8, [1], [8])));

        (int code, string output, string error) = Run([.. Arguments("run", trials: 4),
            "--space", _runs.In("space.json"), "--macs", "1.5M:10%", "--sampler", "nsga-ii", "--batch", "2",
            "--objective", "robust", "clean", "--objective", "parameters", "--require", "clean:0%",
            "--baseline", _runs.In("base.json")]);

        Assert.True(code == 0, output + error);
        ExperimentResult result = ExperimentResult.Read(_runs.In("run/result.json"));
        Assert.Equal(5, result.Networks.Count);
        Assert.All(
            result.Networks.Where(network => !network.IsBaseline),
            network => Assert.InRange(network.MultiplyAdds, 1.35e6, 1.65e6));
        Assert.Equal(["robust accuracy", "clean accuracy", "parameters"], result.Settings.Goals.Select(goal => goal.Objective.Name));
        // The number in the output is that of the front in the result, measured from the corner that the output names.
        double most = result.Networks.Max(network => network.Parameters);
        double expected = Hypervolume.Of(result.Networks.Where(network => network.OnFront).Select(network => (double[])
            [network.ValidationRobust!.Value.Value, network.ValidationClean!.Value.Value, 1 - network.Parameters / most]), [0, 0, 0]);
        Assert.Equal(expected.ToString("0.0000", CultureInfo.InvariantCulture), Volume().Match(output).Groups[1].Value);
        Assert.Contains(
            $"measured from robust accuracy 0, clean accuracy 0, parameters {Quantity.Short(most)}.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_CommandThatItEndsWith_EvaluatesTheBest()
    {
        (int code, string output, string error) = Run(Arguments("run"));
        Assert.True(code == 0, output + error);
        Match command = Command().Match(output);
        Assert.True(command.Success, output);

        string shorter = command.Groups[1].Value
            .Replace("autoattack", "fgsm", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        (code, output, error) = SampleProcess.Run("EvaluateModel", [.. shorter.Split(' '), "--examples", "20"]);

        Assert.True(code == 0, output + error);
        Assert.Contains("Linf 8/255, 20 test images", output, StringComparison.Ordinal);
    }

    /// <summary>Of a file, in its own words, beside what else is wrong.</summary>
    [Fact]
    public void Search_FileWithMistakes_SaysAllOfThem()
    {
        File.WriteAllText(_runs.In("space.json"), """
            { "version": 1, "type": "search-space", "preset": "WRN-10-0",
              "dimensions": [ { "target": "stages.colour", "values": [1] }, { "target": "stages[0].depth", "values": ["deep"] } ] }
            """);

        (int code, string output, string error) = Run("--space", _runs.In("space.json"), "--epochs", "0");

        Assert.Equal(2, code);
        Assert.Empty(output);
        string[] lines = Lines(error);
        Assert.Equal(4, lines.Length);
        Assert.Contains("--epochs must be at least 1, got 0. Write --epochs 1, or more.", lines);
        Assert.Contains(
            lines, line => line.StartsWith($"--space {_runs.In("space.json")}: Preset: must be one of ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Dimensions[0].Target: must be one of ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("Dimensions[1].Values[0]: must be a whole number", StringComparison.Ordinal));
    }

    private ExperimentResult Result(string run)
    {
        (int code, string output, string error) = Run(Arguments(run));
        Assert.True(code == 0, output + error);
        return ExperimentResult.Read(_runs.In($"{run}/result.json"));
    }

    private static (int Code, string Output, string Error) Run(params string[] arguments) =>
        SampleProcess.Run("SearchArchitecture", arguments);

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"Hypervolume of the front: (\d\.\d{4}),")]
    private static partial Regex Volume();

    [GeneratedRegex(@"--project samples/EvaluateModel -- (.*)")]
    private static partial Regex Command();
}
