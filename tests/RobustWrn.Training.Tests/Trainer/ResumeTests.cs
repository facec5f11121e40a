using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class ResumeTests
{
    private static readonly WideResNetSpec Network = Small.Network.WithStage(0, stage => stage with { Dropout = 0.2 });
    private static readonly Trades Objective = new() { InnerAttack = Trades.DefaultAttack with { Steps = 1 } };
    private static readonly TrainingRecipe Recipe = Small.Recipe with { Augmentations = [new RandomCrop { Padding = 1 }, new HorizontalFlip()] };

    // An epoch reads 6 batches: 4 to train on, 2 to validate on.
    [Theory]
    [InlineData(1, false)]
    [InlineData(6, false)]
    [InlineData(7, true)]
    [InlineData(10, false)]
    [InlineData(11, true)]
    [InlineData(13, true)]
    [InlineData(18, false)]
    public void Fit_StoppedAnywhere_EndsAsIfItHadNotBeen(int stoppedAt, bool cancelled)
    {
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Network.Build(1), stopped = Network.Build(1), actual = Network.Build(1);
        TrainingResult uninterrupted = Fit(expected, whole);
        using CancellationTokenSource source = new();
        int reads = 0;
        TrainingSplits stopping = Bars.Splits(onRead: _ =>
        {
            if (++reads != stoppedAt)
                return;
            if (!cancelled)
                throw new PowerCut();
            source.Cancel();
        });

        Exception stop = Assert.ThrowsAny<Exception>(() => Fit(stopped, broken, stopping, source.Token));
        TrainingResult resumed = Fit(actual, broken);

        Assert.IsType(cancelled ? typeof(OperationCanceledException) : typeof(PowerCut), stop);
        Assert.Equal((stoppedAt - 1) / Small.ReadsPerEpoch, resumed.Resumed);
        Small.AssertSameWeights(expected, actual);
        Assert.Equal(Small.Timeless(uninterrupted), Small.Timeless(resumed));
        using NamedTensors left = Safetensors.Read(uninterrupted.Checkpoint!), right = Safetensors.Read(resumed.Checkpoint!);
        Small.AssertSame(left.Pairs, right.Pairs);
    }

    [Fact]
    public void Fit_FinishedRun_ReadsNothingAgain()
    {
        using ScratchFolder folder = new();
        using Classifier first = Network.Build(1), second = Network.Build(1);
        TrainingResult result = Fit(first, folder);

        TrainingResult again = Fit(second, folder, Bars.Splits(onRead: _ => throw new PowerCut()));

        Assert.Equal(result.Epochs, again.Epochs);
        Assert.Equal(result.Best, again.Best);
        Assert.Equal(3, again.Resumed);
        Small.AssertSameWeights(first, second);
        Assert.Equal(["checkpoint-0002.safetensors", "checkpoint-0003.safetensors"], folder.Files);
    }

    [Fact]
    public void Fit_HalfWrittenCheckpointOfAKilledProcess_IsIgnoredAndRemoved()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder[".checkpoint-0001.safetensors.4711-1.tmp"], "half");
        using Classifier classifier = Network.Build(1);

        TrainingResult result = Fit(classifier, folder);

        Assert.Equal(0, result.Resumed);
        Assert.Equal(["checkpoint-0002.safetensors", "checkpoint-0003.safetensors"], folder.Files);
    }

    [Fact]
    public void Fit_BestEpochBeforeTheStop_KeepsItsWeights()
    {
        using ScratchFolder folder = new();
        using Classifier stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        // The best epoch is the fourth at the latest; the stop comes in the seventh, after worse ones.
        TrainingRecipe recipe = Small.Recipe with { Epochs = 7, Schedule = new ConstantRate() };
        int reads = 0;
        TrainingSplits stopping = Bars.Splits(onRead: _ =>
        {
            if (++reads == 6 * Small.ReadsPerEpoch + 2)
                throw new PowerCut();
        });

        Assert.Throws<PowerCut>(() => Small.Fit(stopped, new StoredTurncoat(), recipe, stopping, options: new TrainingOptions { CheckpointFolder = folder.Path }));
        TrainingResult resumed = Small.Fit(actual, new StoredTurncoat(), recipe, options: new TrainingOptions { CheckpointFolder = folder.Path });

        Assert.Equal(6, resumed.Resumed);
        Assert.True(resumed.Best.Epoch <= 4, $"the best epoch is {resumed.Best.Epoch}");
        using Classifier expected = Small.Network.Build(1);
        Small.Fit(expected, new Natural(), recipe with { Epochs = resumed.Best.Epoch });
        Small.AssertSameWeights(expected, actual);
    }

    [Theory]
    [InlineData("cut short", 1)]
    [InlineData("one bit", 1)]
    [InlineData("version", 1)]
    [InlineData("header", 1)]
    [InlineData("empty", 1)]
    [InlineData("both", 0)]
    public void Fit_DamagedCheckpoint_GoesOnFromTheOneBefore(string damage, int resumedFrom)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Network.Build(1), stopped = Network.Build(1), actual = Network.Build(1);
        Fit(expected, null);
        int reads = 0;
        Assert.Throws<PowerCut>(() => Fit(stopped, folder, Bars.Splits(onRead: _ =>
        {
            if (++reads == 2 * Small.ReadsPerEpoch + 2)
                throw new PowerCut();
        })));
        Damage(folder["checkpoint-0002.safetensors"], damage);
        if (damage == "both")
            Damage(folder["checkpoint-0001.safetensors"], damage);
        Lines log = new();

        TrainingResult resumed = Fit(actual, folder, logger: log);

        Assert.Equal(resumedFrom, resumed.Resumed);
        Assert.Contains(log.Entries, line => line.Contains("checkpoint-0002.safetensors is damaged and passed over", StringComparison.Ordinal));
        Small.AssertSameWeights(expected, actual);
    }

    /// <summary>However few are kept, the one that was gone on from stays until a newer sound one is there, and the damaged one goes then.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fit_DamagedCheckpoint_NeverCostsASoundOne(int kept)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Network.Build(1), stopped = Network.Build(1), again = Network.Build(1), actual = Network.Build(1);
        Fit(expected, null);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 1 };
        Assert.Throws<PowerCut>(() => FitUntil(stopped, 2 * Small.ReadsPerEpoch + 4, options with { KeptCheckpoints = 9 }));
        foreach (string file in folder.Files.Where(file => file.StartsWith("checkpoint-0002", StringComparison.Ordinal)))
            Damage(folder[file], "cut short");

        // From the third step of the second epoch: one more step, and out again.
        Assert.Throws<PowerCut>(() => FitUntil(again, 4, options with { KeptCheckpoints = kept }));
        string[] left = [.. folder.Files.Where(file => file.EndsWith(".safetensors", StringComparison.Ordinal))];
        Assert.Equal(kept, left.Length);
        Assert.All(left, file => TrainingCheckpoint.Read(folder[file]).Dispose());
        Assert.Equal("checkpoint-0002.safetensors", left[^1]);

        TrainingResult resumed = Small.Fit(actual, Objective, Recipe, options: options);

        Assert.Equal(2, resumed.Resumed);
        Small.AssertSameWeights(expected, actual);
    }

    [Fact]
    public void Fit_FolderThatAnotherRunWorksIn_IsRefused()
    {
        using ScratchFolder folder = new();
        using Classifier first = Network.Build(1), second = Network.Build(1);
        IOException? refused = null;

        Fit(first, folder, Bars.Splits(onRead: _ => refused ??= Assert.Throws<IOException>(() => Fit(second, folder))));
        TrainingResult free = Fit(second, folder);

        Assert.EndsWith("is in use by another process. Wait until it ends, or choose another folder.", refused!.Message);
        Assert.Equal(3, free.Resumed);
    }

    [Fact]
    public void Fit_OtherParametersToTrain_RefusesTheFolder()
    {
        using ScratchFolder folder = new();
        using Classifier first = Network.Build(1), second = Network.Build(1);
        Fit(first, folder);
        second.Network.get_parameter("stem_conv.weight")!.requires_grad_(false);

        Assert.Contains("frozen: stored nothing, now [\"stem_conv.weight\"]", Assert.Throws<CheckpointRefusedException>(() => Fit(second, folder)).Message);
    }

    [Fact]
    public void Fit_FolderOfAnotherRun_RefusesAndShowsTheDifference()
    {
        using ScratchFolder folder = new();
        using Classifier first = Network.Build(1), second = Network.Build(1);
        Fit(first, folder);

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(() => new RobustTrainer(Objective with { Beta = 4 }, Recipe with { LearningRate = 0.1 })
            .Fit(second, Bars.Splits(), Small.Threat, 8, new TrainingOptions { CheckpointFolder = folder.Path }));

        Assert.Contains("objective.beta: stored 6, now 4", refused.Message);
        Assert.Contains("recipe.learningRate: stored 0.05, now 0.1", refused.Message);
        Assert.Contains("seed: stored 7, now 8", refused.Message);
        Assert.DoesNotContain("threat", refused.Message);
    }

    [Fact]
    public void Fit_OtherStartWeightsOrImages_RefusesTheFolder()
    {
        using ScratchFolder folder = new();
        using Classifier first = Network.Build(1), second = Network.Build(2), third = Network.Build(1);
        Fit(first, folder);

        Assert.Contains("initialWeights: ", Assert.Throws<CheckpointRefusedException>(() => Fit(second, folder)).Message);
        Assert.Contains("trainingImages: stored \"bars 50 1 1 2\", now \"bars 51 1 1 2\"", Assert.Throws<CheckpointRefusedException>(() => Fit(third, folder, Bars.Splits(51))).Message);
    }

    [Fact]
    public void Fit_CheckpointOfANewerVersion_IsRefusedByName()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Network.Build(1);
        const string Document = "{\"version\": 9}";
        Safetensors.Write(folder["checkpoint-0001.safetensors"], [], new Dictionary<string, string> { ["robustwrn.checkpoint"] = Document, ["robustwrn.sha256"] = TensorHash.Of([], Document) });

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(() => Fit(classifier, folder));

        Assert.Contains("has version 9; this library reads version 3", refused.Message);
    }

    private static TrainingResult Fit(Classifier classifier, ScratchFolder? folder, TrainingSplits? data = null, CancellationToken token = default, Lines? logger = null) =>
        Small.Fit(classifier, Objective, Recipe, data, options: new TrainingOptions { CheckpointFolder = folder?.Path, Logger = logger }, token: token);

    private static void FitUntil(Classifier classifier, int reading, TrainingOptions options)
    {
        int reads = 0;
        Small.Fit(classifier, Objective, Recipe, Bars.Splits(onRead: _ =>
        {
            if (++reads == reading)
                throw new PowerCut();
        }), options: options);
    }

    private static void Damage(string file, string damage)
    {
        byte[] bytes = File.ReadAllBytes(file);
        if (damage is "one bit")
            bytes[^100] ^= 1;
        // A damaged number must not pass for that of a newer version.
        if (damage is "version")
            bytes[bytes.AsSpan().IndexOf("\\\"version\\\":3"u8) + 12] ^= 4;
        if (damage is "header")
            bytes[bytes.AsSpan().IndexOf("robustwrn.sha256"u8) + 30] ^= 1;
        File.WriteAllBytes(file, damage switch
        {
            "one bit" or "version" or "header" => bytes,
            "empty" => [],
            _ => bytes[..(bytes.Length - 10)],
        });
    }

    private sealed class PowerCut : Exception;

    /// <summary>Natural training until the learning rate's schedule would have seen 16 steps, then the opposite: by the epoch's stream, so that a resumed run turns at the same step.</summary>
    private sealed record StoredTurncoat : IRobustObjective
    {
        public const string TypeName = "test-turncoat";

        private static readonly ulong[] FirstEpochs = [.. Enumerable.Range(0, 4).Select(epoch => RandomStream.From(7).For("training").For("objective").At(epoch).Key)];

        public string Name => "turncoat";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            ObjectiveLoss loss = new Natural().Evaluate(context, cancellationToken);
            return FirstEpochs.Contains(context.Noise.Key) ? loss : new ObjectiveLoss(-loss.Total, loss.Logits, null);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
