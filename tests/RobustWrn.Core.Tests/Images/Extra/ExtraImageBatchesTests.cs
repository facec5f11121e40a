using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ExtraImageBatchesTests
{
    private static readonly RandomStream Stream = RandomStream.From(3).For("training");

    /// <summary>The numbers that the published samplers print: 50,000 own images, and the share rounded down.</summary>
    [Theory]
    [InlineData(128, 0.5, 391, 64)] // Huang et al. 2021
    [InlineData(256, 0.5, 196, 128)] // trades-500k
    [InlineData(512, 0.7, 98, 154)] // Wang et al. 2023, 1M images
    [InlineData(2048, 0.8, 25, 410)] // the same, 20M images
    [InlineData(1024, 0.7, 49, 308)] // Rade & Moosavi-Dezfooli 2021
    [InlineData(128, 0.7, 391, 39)] // 89.6 extra images
    public void Steps_PublishedBatches_AreThoseOfTheOwnImagesAlone(int batchSize, double share, int steps, int own)
    {
        ExtraImageBatches batches = new(50_000, 1_000_000, batchSize, share, Stream);

        Assert.Equal((steps, own), (batches.Steps, batches.At(0, steps - 1).Count(index => index < 50_000)));
    }

    [Theory]
    [InlineData(100, 16, 0.5, 7)]
    [InlineData(96, 16, 0.5, 6)]
    [InlineData(50, 10, 0.8, 5)]
    [InlineData(9, 8, 0.125, 2)] // 7 own images, then the 2 that are left
    [InlineData(3, 128, 0.5, 1)]
    public void At_AnEpoch_HoldsNoOwnImageTwiceAndFillsEveryBatch(int own, int batchSize, double share, int steps)
    {
        ExtraImageBatches batches = new(own, 500, batchSize, share, Stream);
        long[][] epoch = [.. Enumerable.Range(0, batches.Steps).Select(step => batches.At(4, step))];
        long[] ownOnes = [.. epoch.SelectMany(batch => batch).Where(index => index < own)];

        Assert.Equal(steps, batches.Steps);
        Assert.All(epoch, batch => Assert.Equal(batchSize, batch.Length));
        Assert.All(epoch.SkipLast(1), batch => Assert.Equal((int)(batchSize * share), batch.Count(index => index >= own)));
        Assert.Distinct(ownOnes);
        Assert.Equal(Math.Min(own, steps * (batchSize - (int)(batchSize * share))), ownOnes.Length);
        Assert.All(epoch.SelectMany(batch => batch), index => Assert.InRange(index, 0, own + 499));
    }

    /// <summary>Every epoch draws its own images from all of them, as the published samplers do: none is left out for long, and none follows from the epoch before.</summary>
    [Fact]
    public void At_ManyEpochs_DrawOwnImagesAnewAndEvenly()
    {
        ExtraImageBatches batches = new(64, 300, 16, 0.5, Stream);
        HashSet<long>[] epochs =
            [.. Enumerable.Range(0, 200).Select(epoch => Enumerable.Range(0, batches.Steps).SelectMany(step => batches.At(epoch, step)).Where(index => index < 64).ToHashSet())];

        // Half of 64 in each of 200 epochs: 100 expected, standard deviation 7.1; two epochs share 16 of 32, their mean over 199 pairs with a standard deviation of 0.14.
        Assert.All(Enumerable.Range(0, 64), image => Assert.InRange(epochs.Count(epoch => epoch.Contains(image)), 65, 135));
        Assert.InRange(epochs.Zip(epochs.Skip(1)).Average(pair => pair.First.Intersect(pair.Second).Count()), 15.3, 16.7);
    }

    [Fact]
    public void DrawIds_Batches_TellDrawsOfOneImageApartAndLeaveOwnImagesTheirs()
    {
        ExtraImageBatches batches = new(64, 3, 16, 0.5, Stream);
        List<long> drawn = [];
        for (int step = 0; step < batches.Steps; step++)
        {
            long[] indices = batches.At(5, step), examples = [.. indices.Select(index => index < 64 ? 1_000 + index : (1L << 40) + index)];
            long[] ids = batches.DrawIds(step, indices, examples);

            Assert.Equal(examples.Where((_, i) => indices[i] < 64), ids.Where((_, i) => indices[i] < 64));
            Assert.Equal(ids, new ExtraImageBatches(64, 3, 16, 0.5, Stream).DrawIds(step, indices, examples));
            drawn.AddRange(ids.Where((_, i) => indices[i] >= 64));
        }

        Assert.Equal(4 * 8, drawn.Count);
        Assert.Distinct(drawn);
        Assert.All(drawn, id => Assert.True(id >= 1L << 40));
    }

    [Fact]
    public void At_AnyStepAlone_IsTheSameAsInOrder()
    {
        ExtraImageBatches inOrder = new(70, 300, 16, 0.5, Stream);
        List<long[]> all = [];
        for (int epoch = 0; epoch < 3; epoch++)
        {
            for (int step = 0; step < inOrder.Steps; step++)
                all.Add(inOrder.At(epoch, step));
        }

        // A resumed run asks for one batch in the middle, in another process.
        for (int i = all.Count - 1; i >= 0; i -= 4)
            Assert.Equal(all[i], new ExtraImageBatches(70, 300, 16, 0.5, Stream).At(i / inOrder.Steps, i % inOrder.Steps));
        Assert.Equal(all.Count, all.Select(batch => string.Join(',', batch)).Distinct().Count());
    }

    [Fact]
    public void At_OwnImages_ComeInTheOrderThatTheyHaveWithoutExtraOnes()
    {
        ExtraImageBatches batches = new(64, 300, 16, 0.5, Stream);
        long[] order = Stream.For("shuffle").At(2).Permutation(64);

        for (int step = 0; step < batches.Steps; step++)
            Assert.Equal(order.AsSpan(8 * step, 8).ToArray().Order(), batches.At(2, step).Where(index => index < 64).Order());
    }

    [Fact]
    public void At_ManyBatches_DrawsExtraImagesEvenlyAndWithReplacement()
    {
        ExtraImageBatches batches = new(800, 20, 16, 0.5, Stream);
        int[] counts = new int[20];
        int twice = 0;
        for (int epoch = 0; epoch < 10; epoch++)
        {
            for (int step = 0; step < batches.Steps; step++)
            {
                long[] extra = [.. batches.At(epoch, step).Where(index => index >= 800)];
                twice += extra.Distinct().Count() < extra.Length ? 1 : 0;
                foreach (long index in extra)
                    counts[index - 800]++;
            }
        }

        // 4,000 draws: 200 expected each, standard deviation 13.8. Eight of twenty are all different with probability 0.20.
        Assert.All(counts, count => Assert.InRange(count, 140, 260));
        Assert.InRange(twice, 360, 440);
    }

    [Fact]
    public void At_Batches_AreShuffledTogether()
    {
        ExtraImageBatches batches = new(1_600, 20, 16, 0.5, Stream);
        int[] extraAt = new int[16];
        for (int step = 0; step < batches.Steps; step++)
        {
            long[] batch = batches.At(0, step);
            for (int i = 0; i < 16; i++)
                extraAt[i] += batch[i] >= 1_600 ? 1 : 0;
        }

        // 100 batches: 50 expected at each place, standard deviation 5.
        Assert.All(extraAt, count => Assert.InRange(count, 30, 70));
    }

    [Theory]
    [InlineData(16, 0)]
    [InlineData(16, 1)]
    [InlineData(16, 0.01)]
    [InlineData(16, 0.06)]
    [InlineData(16, double.NaN)]
    public void Problems_ShareThatLeavesOneKindOut_IsRefused(int batchSize, double share)
    {
        Assert.Single(ExtraImageBatches.Problems(batchSize, share));
        Assert.Throws<InvalidDescriptionException>(() => new ExtraImageBatches(10, 10, batchSize, share, Stream));
    }

    [Fact]
    public void ExtendedImages_AnyOrder_ReadsBothAndKeepsIdsApart()
    {
        using DisposeScope scope = NewDisposeScope();
        using InMemoryImages own = Images(5, 0), extra = Images(7, 100);
        ExtendedImages both = new(own, extra);
        using ImageBatch batch = both.Read([11, 0, 5, 4, 5]);

        Assert.Equal(12, both.Count);
        Assert.Equal([106f / 255, 0, 100f / 255, 4f / 255, 100f / 255], batch.Images.amax([1, 2, 3]).data<float>().ToArray());
        Assert.Equal([6L, 0, 0, 4, 0], batch.Labels.data<long>().ToArray());
        Assert.Equal([(1L << 40) + 6, 0, 1L << 40, 4, 1L << 40], batch.Examples.ToArray());
        Assert.Equal([6L, 0, 0, 4, 0], both.ReadLabels([11, 0, 5, 4, 5]));
        Assert.NotEqual(own.Fingerprint, both.Fingerprint);
    }

    [Fact]
    public void ExtendedImages_OneKindAlone_IsRead()
    {
        using InMemoryImages own = Images(5, 0), extra = Images(7, 100);
        using ImageBatch ownAlone = new ExtendedImages(own, extra).Read([3]), extraAlone = new ExtendedImages(own, extra).Read([6]);

        Assert.Equal((3, 1), (ownAlone.Labels[0].item<long>(), extraAlone.Labels[0].item<long>()));
    }

    [Fact]
    public void WithExtra_ImagesThatDoNotFit_AreRefusedWithAllReasons()
    {
        using InMemoryImages own = Images(8, 0), test = Images(8, 50), other = InMemoryImages.From(zeros([2, 1, 4, 4], ScalarType.Byte), zeros([2], ScalarType.Int64));
        using DatasetSplits splits = DatasetSplits.From(own, test, holdOut: 2);

        Assert.Equal(2, Assert.Throws<InvalidDescriptionException>(() => splits.WithExtra(other)).Problems.Count);
    }

    [Fact]
    public void WithExtra_Splits_KeepTheirPartsAndTellTheDifference()
    {
        using InMemoryImages own = Images(8, 0), test = Images(8, 50), extra = Images(8, 90);
        using DatasetSplits splits = DatasetSplits.From(own, test, holdOut: 2);
        DatasetSplits more = splits.WithExtra(extra);

        Assert.Null(splits.Training.Extra);
        Assert.Same(extra, more.Limited(train: 3).Training.Extra);
        Assert.Same(splits.Test, more.Test);
        Assert.Equal(splits.Training.Train.Fingerprint, more.Training.Train.Fingerprint);
        Assert.NotEqual(splits.Fingerprint, more.Fingerprint);
    }

    // Image i has all pixels first + i, and the label i.
    private static InMemoryImages Images(int count, int first)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor numbers = ScalarArithmetic.Counting(count), pixels = numbers.Plus(first).to(ScalarType.Byte).view(-1, 1, 1, 1).expand(count, 3, 2, 2);
        return InMemoryImages.From(pixels, numbers, Cifar10.ClassNames);
    }
}
