using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Trainings whose batches hold extra images too.</summary>
public class ExtraImagesTests
{
    [Fact]
    public void Fit_WithExtraImages_FillsEveryBatchWithThem()
    {
        List<long[]> own = [], extra = [];
        using Classifier classifier = Small.Network.Build(1);

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 2 }, data: Splits(own, extra));

        // 50 own images at 8 a batch: 7 steps an epoch, the last with 2 of them and 14 extra ones.
        Assert.Equal(14, extra.Count);
        Assert.Equal([8, 8, 8, 8, 8, 8, 14], extra.Take(7).Select(indices => indices.Length));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), own.Take(7).SelectMany(indices => indices).Order());
        Assert.NotEqual(extra[0], extra[7]);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Fit_StoppedWithExtraImages_EndsAsIfItHadNotBeen(int stoppedAt)
    {
        using ScratchFolder folder = new();
        using Classifier expected = Small.Network.Build(1), stopped = Small.Network.Build(1), actual = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path, CheckpointEverySteps = 2 };
        Small.Fit(expected, data: Splits([], []));
        int reads = 0;
        void Stop()
        {
            if (++reads == 2 * stoppedAt)
                throw new PowerCut();
        }

        Assert.Throws<PowerCut>(() => Small.Fit(stopped, data: Splits([], [], Stop), options: options));
        Small.Fit(actual, data: Splits([], []), options: options);

        Small.AssertSameWeights(expected, actual);
    }

    [Fact]
    public void Fit_OtherExtraImagesInTheSameFolder_AreRefused()
    {
        using ScratchFolder folder = new();
        using Classifier classifier = Small.Network.Build(1), again = Small.Network.Build(1);
        TrainingOptions options = new() { CheckpointFolder = folder.Path };
        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 1 }, data: Splits([], []), options: options);

        CheckpointRefusedException refused = Assert.Throws<CheckpointRefusedException>(
            () => Small.Fit(again, recipe: Small.Recipe with { Epochs = 1 }, data: Bars.Splits() with { Extra = new Bars(31, 9) }, options: options));

        Assert.Contains("extraImages", refused.Message);
    }

    [Fact]
    public void Check_ExtraImagesThatDoNotFit_AreNamed()
    {
        TrainingSplits data = Bars.Splits() with { Extra = new Bars(30, 9, channels: 3, classes: 4) };

        IReadOnlyList<Problem> problems = new RobustTrainer(new Natural(), Small.Recipe with { ExtraShare = 1 }).Check(Small.Network, data, Small.Threat);

        Assert.Equal(["Recipe.ExtraShare", "data.Extra", "data.Extra"], problems.Select(problem => problem.Subject));
    }

    [Fact]
    public void Fit_Source_IsToldTheNextBatchBeforeItIsRead()
    {
        Announced train = new(new Bars(50, 1));
        using Classifier classifier = Small.Network.Build(1);

        Small.Fit(classifier, recipe: Small.Recipe with { Epochs = 2 }, data: new TrainingSplits(train, new Bars(20, 2)));

        string[] reads = [.. train.Events.Where(e => e.Kind == "read").Select(e => e.Indices)];
        string[] told = [.. train.Events.Where(e => e.Kind == "told" && e.Indices.Length > 0).Select(e => e.Indices)];
        Assert.Equal(8, reads.Length);
        Assert.Equal([.. reads[1..4], .. reads[5..8]], told);
    }

    private static TrainingSplits Splits(List<long[]> own, List<long[]> extra, Action? onRead = null)
    {
        void Note(List<long[]> list, long[] indices)
        {
            onRead?.Invoke();
            list.Add(indices);
        }
        return new TrainingSplits(new Bars(50, 1) { OnRead = indices => Note(own, indices) }, new Bars(20, 2))
        {
            Extra = new Bars(30, 3) { OnRead = indices => Note(extra, indices) },
        };
    }

    private sealed class PowerCut : Exception;

    private sealed class Announced(IImageSource inner) : IImageSource
    {
        public List<(string Kind, string Indices)> Events { get; } = [];

        public long Count => inner.Count;

        public int Channels => inner.Channels;

        public int Height => inner.Height;

        public int Width => inner.Width;

        public ValueList<string> ClassNames => inner.ClassNames;

        public string Fingerprint => inner.Fingerprint;

        public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
        {
            Events.Add(("read", string.Join(',', indices.ToArray())));
            return inner.Read(indices, device);
        }

        public void Prefetch(ReadOnlySpan<long> indices) => Events.Add(("told", string.Join(',', indices.ToArray())));
    }
}
