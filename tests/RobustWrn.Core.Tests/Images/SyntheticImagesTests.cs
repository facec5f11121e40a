using TorchSharp;

namespace RobustWrn.Core.Tests;

public class SyntheticImagesTests
{
    [Fact]
    public void Draw_MoreImages_BeginsWithTheSameOnes()
    {
        using InMemoryImages few = new SyntheticImages().Draw("train", 12, seed: 3), many = new SyntheticImages().Draw("train", 40, seed: 3);

        Assert.Equal(few.Fingerprint, Fingerprint(many, 12));
        Assert.NotEqual(few.Fingerprint, many.Fingerprint);
    }

    [Fact]
    public void Draw_OtherSeedSplitOrSetting_GivesOtherImages()
    {
        string Of(SyntheticImages settings, string split, Seed seed)
        {
            using InMemoryImages images = settings.Draw(split, 10, seed);
            return images.Fingerprint;
        }
        SyntheticImages defaults = new();

        string[] prints = [Of(defaults, "train", 1), Of(defaults, "train", 2), Of(defaults, "test", 1), Of(defaults with { Texture = 0 }, "train", 1)];

        Assert.Equal(4, prints.Distinct().Count());
        Assert.Equal(prints[0], Of(defaults, "train", 1));
    }

    [Fact]
    public void Make_Counts_GivesThemBalanced()
    {
        using DatasetSplits splits = new SyntheticImages().Make(train: 100, holdOut: 50, test: 30, seed: 1);

        Assert.Equal((100, 50, 30), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal((3, 32, 32, 10), (splits.Channels, splits.Height, splits.Width, splits.ClassNames.Count));
        Assert.All(splits.Training.Train.ReadLabels().CountBy(label => label), group => Assert.Equal(10, group.Value));
        Assert.All(splits.Training.Validation.ReadLabels().CountBy(label => label), group => Assert.Equal(5, group.Value));
    }

    [Fact]
    public void Draw_FaintTexture_CanBeErasedByAnAttackerAndTheMotifCannot()
    {
        SyntheticImages noiseless = new() { Noise = 0 };
        float[] with = Pixels(noiseless), without = Pixels(noiseless with { Texture = 0 });
        const float Epsilon = 8 / 255f;

        Assert.All(with.Zip(without), pair => Assert.InRange(pair.First - pair.Second, -Epsilon, Epsilon));
        Assert.NotEqual(with, without);
        foreach (float[] channel in Pixels(noiseless with { Texture = 0 }).Chunk(32 * 32))
            Assert.True(channel.Max() - channel.Min() > 2 * Epsilon);
    }

    [Fact]
    public void Draw_Live_HoldsTwoTensors()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (new SyntheticImages().Draw("train", 10, 1))
            Assert.Equal(before + 2, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Make_SettingsAndCountsOutOfRange_ListsAll()
    {
        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(
            () => new SyntheticImages { LowestContrast = 0.5, HighestContrast = 0.2, Noise = -1 }.Make(0, 1, 1, 1));

        Assert.Equal(
            ["HighestContrast: must be in [0.5, 1], got 0.2.", "Noise: must be in [0, 1], got -1.", "train: must be at least 1, got 0."],
            e.Problems.Select(problem => problem.ToString()));
    }

    private static float[] Pixels(SyntheticImages settings)
    {
        using InMemoryImages images = settings.Draw("train", 50, 1);
        using ImageBatch batch = images.Read([.. Enumerable.Range(0, 50).Select(i => (long)i)]);
        return batch.Images.data<float>().ToArray();
    }

    private static string Fingerprint(InMemoryImages images, int first)
    {
        using ImageBatch batch = images.Read([.. Enumerable.Range(0, first).Select(i => (long)i)]);
        using InMemoryImages copy = InMemoryImages.From(batch.Images, batch.Labels, images.ClassNames);
        return copy.Fingerprint;
    }

    [Fact]
    public void Make_MoreImagesThanMemory_IsRefusedBeforeAnyIsMade()
    {
        string message = Assert.Throws<InvalidDescriptionException>(() =>
            new SyntheticImages().Make(int.MaxValue, int.MaxValue, int.MaxValue, 1)).Message;

        Assert.Contains("images: must fit into the", message);
        Assert.Contains("GiB of memory there are, but takes", message);
        Assert.Throws<InvalidDescriptionException>(() => new SyntheticImages().Draw("x", long.MaxValue, 1));
    }
}
