using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Tests;

/// <summary>
/// Whatever happens to the files of a finished experiment: a rerun says so, and ends in the same result and the same weights.
/// </summary>
[Trait("Category", "Slow")]
public class RecordFaultTests(RecordedExperiment recorded) : IClassFixture<RecordedExperiment>
{
    // Of a finished training nothing is read back but its weights; what is written for people never is.
    private static bool IsRead(string file) =>
        !Path.GetFileName(file).StartsWith("metrics.", StringComparison.Ordinal) && !file.Contains("tfevents", StringComparison.Ordinal)
            && !file.Contains("training", StringComparison.Ordinal);

    private string[] Networks => [.. Directory.GetDirectories(Path.Combine(recorded.Record, "networks")).Select(path =>
        Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private string BaselineFolder => Networks.Single(network => network.StartsWith("WRN_1-1_4-8", StringComparison.Ordinal));

    [Fact]
    public async Task RunAsync_BitFlippedInAnyFile_EndsInTheSameResultWithAWarning()
    {
        Random random = new(11);
        foreach (string file in recorded.Files)
        {
            string folder = recorded.Copy();
            byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file));
            bytes[random.Next(bytes.Length - 1)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path.Combine(folder, file), bytes);

            IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

            Assert.True(IsRead(file) == warnings.Any(warning => warning.Contains(Path.Combine(folder, file), StringComparison.Ordinal)),
                $"{file}: {string.Join("; ", warnings)}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("version 0")]
    [InlineData("version -1")]
    [InlineData("version 99")]
    public async Task RunAsync_DocumentReplaced_EndsInTheSameResultWithAWarning(string text)
    {
        string folder = recorded.Copy();
        string[] files = [.. recorded.Files.Where(file => file.EndsWith(".json", StringComparison.Ordinal))];
        foreach (string file in files)
        {
            string path = Path.Combine(folder, file), replaced = text;
            if (text.StartsWith("version", StringComparison.Ordinal))
            {
                JsonObject document = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
                document["version"] = int.Parse(text.Split(' ')[1]);
                replaced = document.ToJsonString();
            }
            File.WriteAllText(path, replaced);
        }

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.All(files, file => Assert.Contains(warnings, warning => warning.Contains(Path.Combine(folder, file),
            StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunAsync_AnyFileDeleted_EndsInTheSameResult()
    {
        foreach (string file in recorded.Files.Where(IsRead))
        {
            string folder = recorded.Copy();
            File.Delete(Path.Combine(folder, file));

            IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

            // A test or an audit that is missing was never made, as far as one can see.
            bool known = Path.GetFileName(file) is not ("test.json" or "audit.json");
            Assert.True(!known || warnings.Count > 0, $"{file} is not missed");
        }
    }

    [Theory]
    [InlineData("trained.json")]
    [InlineData("test.json")]
    [InlineData("weights.safetensors")]
    [InlineData("trained.json", "weights.safetensors")]
    [InlineData("trained.json", "test.json", "weights.safetensors")]
    public async Task RunAsync_FilesSwappedBetweenNetworks_AreMadeAgain(params string[] names)
    {
        string folder = recorded.Copy();
        string[] tested = [.. Tested().Take(2)];
        Assert.Equal(2, tested.Length);
        foreach (string name in names)
        {
            File.Copy(Path.Combine(recorded.Record, "networks", tested[0], name), Path.Combine(folder, "networks", tested[1], name),
                overwrite: true);
            File.Copy(Path.Combine(recorded.Record, "networks", tested[1], name), Path.Combine(folder, "networks", tested[0], name),
                overwrite: true);
        }

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.All(tested, network => Assert.Contains(warnings, warning => warning.Contains(Path.Combine(folder, "networks", network),
            StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunAsync_WholeFoldersOfNetworksSwapped_AreMadeAgain()
    {
        string networks = Path.Combine(recorded.Copy(), "networks");
        (string first, string second) = (Path.Combine(networks, Networks[0]), Path.Combine(networks, Networks[1]));
        Directory.Move(first, Path.Combine(networks, "between"));
        Directory.Move(second, first);
        Directory.Move(Path.Combine(networks, "between"), second);

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(Path.GetDirectoryName(networks)!);

        Assert.Contains(warnings, warning => warning.Contains(Path.Combine(first, "training"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_FilesOfAnotherSeed_AreMadeAgain()
    {
        string folder = recorded.Copy();
        // The same baseline: its folder begins with the same name.
        string mine = BaselineFolder;
        string other = Directory.GetDirectories(Path.Combine(recorded.OtherSeed, "networks"), "WRN_1-1_4-8-*").Single();
        Assert.NotEqual(mine, Path.GetFileName(other));
        foreach (string name in (string[])["trained.json", "test.json", "weights.safetensors"])
            File.Copy(Path.Combine(other, name), Path.Combine(folder, "networks", mine, name), overwrite: true);
        string log = Path.Combine(folder, "study", "log.jsonl");
        string[] others = File.ReadAllLines(Path.Combine(recorded.OtherSeed, "study", "log.jsonl"));
        File.WriteAllText(log, string.Join('\n', [.. others[..3], .. File.ReadAllLines(log)[3..]]) + '\n');

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.Contains(warnings, warning => warning.Contains(Path.Combine(folder, "networks", mine, "trained.json"),
            StringComparison.Ordinal));
        Assert.Contains(warnings, warning => warning.Contains($"Line 1 of {log} is not believed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("swapped")]
    [InlineData("missing")]
    public async Task RunAsync_WeightsAndCheckpointsLost_TrainsAgainToTheSameWeights(string how)
    {
        string folder = recorded.Copy();
        for (int i = 0; i < 2; i++)
        {
            string mine = Path.Combine(folder, "networks", Networks[i]), other = Path.Combine(recorded.Record, "networks", Networks[1 - i]);
            foreach (string file in Directory.GetFiles(mine, "*.safetensors", SearchOption.AllDirectories))
            {
                if (how == "missing")
                    File.Delete(file);
                else if (how == "damaged")
                    File.WriteAllBytes(file, File.ReadAllBytes(file)[..^9]);
                else
                    File.Copy(Path.Combine(other, Path.GetRelativePath(mine, file)), file, overwrite: true);
            }
        }

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.True(warnings.Count >= 2);
    }

    /// <summary>Weights that another machine trained, say: the record of the training knows them, but the test was of others.</summary>
    [Fact]
    public async Task RunAsync_TestOfOtherWeights_IsMadeAgain()
    {
        string folder = recorded.Copy(), mine = BaselineFolder, network = Path.Combine(folder, "networks", mine);
        string weights = Path.Combine(network, "weights.safetensors"), trained = Path.Combine(network, "trained.json");
        using DatasetSplits images = SmallExperiment.Images();
        using Classifier classifier = SmallExperiment.Baseline.Build(99);
        NetworkWeights.Save(classifier, weights);
        JsonObject document = SealedJson.Open(SealedJson.Parse(File.ReadAllText(trained)));
        document["content"]!["weights"] = SealedFile.SumOf(weights);
        File.WriteAllText(trained, SealedJson.Seal(document).ToJsonString());

        (ExperimentResult result, IReadOnlyList<string> warnings) = await RunAsync(SmallExperiment.On(images).RecordedIn(folder));

        // The audit on validation and the test.
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("it belongs to another weights", warning, StringComparison.Ordinal));
        TestOutcome outcome = result.Networks.Single(other => other.Weights == $"networks/{mine}/weights.safetensors").Test.Single();
        RobustnessResult evaluated = RobustnessEvaluation.Run(
            classifier, images.Test.Open(), ThreatModel.Linf(8, outOf: 255), AttackSuite.Of("one", new Fgsm()));
        Assert.Equal(evaluated.Clean, outcome.Clean);
    }

    /// <summary>Between its training and its test, by somebody else.</summary>
    [Fact]
    public async Task RunAsync_WeightsChangedWhileItRuns_AreNotTested()
    {
        using TestFolder folder = new();
        using DatasetSplits images = SmallExperiment.Images();
        using Classifier other = SmallExperiment.Baseline.Build(99);
        string weights = folder.In($"networks/{BaselineFolder}/weights.safetensors");
        ImmediateProgress<ExperimentProgress> progress = new(report =>
        {
            if (report is { Stage: ExperimentStage.Training, Trial: 0, Finished: not null })
                NetworkWeights.Save(other, weights);
        });

        InvalidDataException refusal = await Assert.ThrowsAsync<InvalidDataException>(() =>
            SmallExperiment.On(images).RecordedIn(folder.Path).RunAsync(progress, TestContext.Current.CancellationToken));

        Assert.StartsWith($"{weights} must stay as it is while the experiment runs, but it was changed.", refusal.Message);
    }

    /// <summary>Without the record of the settings nothing but the tests themselves says which suite they were of.</summary>
    [Fact]
    public async Task RunAsync_TestsOfAnotherSuiteWithoutTheRecordOfSettings_AreMadeAgain()
    {
        string folder = recorded.Copy();
        File.Delete(Path.Combine(folder, "experiment.json"));
        using DatasetSplits images = SmallExperiment.Images();

        (ExperimentResult result, IReadOnlyList<string> warnings) = await RunAsync(
            SmallExperiment.On(images).EvaluatedBy(AttackSuite.Of("other", new Pgd { Steps = 4 })).RecordedIn(folder));

        Assert.Equal(Tested().Length,
            warnings.Count(warning => warning.Contains("it belongs to another evaluation", StringComparison.Ordinal)));
        Assert.All(result.Networks.SelectMany(network => network.Test), outcome =>
            Assert.Equal(["PGD-4"], outcome.Attacks.Select(attack => attack.Name)));
    }

    [Fact]
    public async Task RunAsync_JournalOfAnotherNetwork_IsSetAside()
    {
        string folder = recorded.Copy(), network = Path.Combine(folder, "networks", Networks[0]);
        File.Delete(Path.Combine(network, "test.json"));
        using (DatasetSplits images = SmallExperiment.Images())
        using (Classifier classifier = SmallExperiment.Baseline.Build(99))
        {
            RobustnessEvaluation.Run(classifier, images.Test.Open(), ThreatModel.Linf(8, outOf: 255), AttackSuite.Of("short", new Fgsm()),
                new EvaluationOptions { JournalFolder = Path.Combine(network, "test") });
        }

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.Contains(Path.Combine(network, "test"), Assert.Single(warnings), StringComparison.Ordinal);
    }

    /// <summary>Trials are listed by their number, whatever order they were tried again in.</summary>
    [Fact]
    public async Task RunAsync_RecordOfAnEarlierTrialLost_KeepsTheOrderAndSaysSo()
    {
        string folder = recorded.Copy();
        string log = Path.Combine(folder, "study", "log.jsonl");
        string[] lines = File.ReadAllLines(log);
        lines[0] = "{}";
        File.WriteAllText(log, string.Join('\n', lines) + '\n');

        IReadOnlyList<string> warnings = await recorded.RunAgainAsync(folder);

        Assert.Contains(warnings, warning => warning.Contains($"Line 1 of {log} is not believed", StringComparison.Ordinal));
        Assert.Equal([0, 1], recorded.Result.Networks.Skip(1).Select(network => network.Trial!.Value));
    }

    [Fact]
    public async Task RunAsync_LeftoversOfKilledProcesses_AreRemovedAndForeignFilesStay()
    {
        string folder = recorded.Copy(), network = Path.Combine("networks", Networks[0]);
        string[] left = [".experiment.json.7-1.tmp", "study/.log.jsonl.7-3.tmp", $"{network}/.weights.safetensors.7-9.tmp",
            $"{network}/training/.checkpoint-0001.safetensors.7-2.tmp"];
        foreach (string file in left)
            File.WriteAllText(Path.Combine(folder, file), "half");
        File.WriteAllText(Path.Combine(folder, network, ".notes.tmp"), "mine");

        await recorded.RunAgainAsync(folder);

        Assert.All(left, file => Assert.False(File.Exists(Path.Combine(folder, file)), file));
        Assert.True(File.Exists(Path.Combine(folder, network, ".notes.tmp")));
    }

    private string[] Tested() =>
        [.. Networks.Where(network => File.Exists(Path.Combine(recorded.Record, "networks", network, "test.json")))];

    private static async Task<(ExperimentResult Result, IReadOnlyList<string> Warnings)> RunAsync(RobustExperiment experiment)
    {
        ListLogger log = new();
        return (await experiment.LoggedTo(log).RunAsync(null, TestContext.Current.CancellationToken), log.Warnings);
    }
}
