using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class DatasetSplitsTests
{
    [Fact]
    public void From_HoldOut_IsDisjointCompleteAndStratified()
    {
        using DatasetSplits splits = Numbered(100, 10, holdOut: 20);

        long[] train = Ids(splits.Training.Train), validation = Ids(splits.Training.Validation);

        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), train.Concat(validation).Order());
        Assert.All(splits.Training.Validation.ReadLabels().CountBy(label => label), group => Assert.Equal(2, group.Value));
        Assert.All(splits.Training.Train.ReadLabels().CountBy(label => label), group => Assert.Equal(8, group.Value));
    }

    [Fact]
    public void From_SeedOrNone_DecidesWhichAreHeldOut()
    {
        using DatasetSplits none = Numbered(100, 10, 20), zero = Numbered(100, 10, 20, seed: 0), one = Numbered(100, 10, 20, seed: 1);

        Assert.Equal(Ids(none.Training.Validation), Ids(zero.Training.Validation));
        Assert.NotEqual(Ids(zero.Training.Validation), Ids(one.Training.Validation));
        Assert.Equal(none.Fingerprint, zero.Fingerprint);
        Assert.NotEqual(zero.Fingerprint, one.Fingerprint);
    }

    [Theory]
    [InlineData(new[] { 50, 30, 20 }, 10, new[] { 5, 3, 2 })]
    [InlineData(new[] { 1, 1, 1 }, 2, new[] { 1, 1, 0 })]
    [InlineData(new[] { 97, 2, 1 }, 50, new[] { 49, 1, 0 })]
    public void From_ClassesOfUnequalSize_KeepTheirShareByLargestRemainders(int[] sizes, int holdOut, int[] expected)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] labels = [.. sizes.SelectMany((size, label) => Enumerable.Repeat((long)label, size))];
        Tensor pixels = zeros([labels.Length, 1, 2, 2], ScalarType.Byte);

        using DatasetSplits splits = DatasetSplits.From(pixels, tensor(labels), pixels, tensor(labels), holdOut);

        long[] held = splits.Training.Validation.ReadLabels();
        Assert.Equal(expected, sizes.Select((_, label) => held.Count(other => other == label)));
    }

    [Fact]
    public void Fingerprint_TestImages_AreNotCountedAsRead()
    {
        using DatasetSplits splits = Numbered(20, 10, 10);

        _ = splits.Fingerprint;

        Assert.Equal(0, splits.Test.Reads);
    }

    [Fact]
    public void Limited_Counts_TakesAStratifiedSampleAndTheFirstTestImages()
    {
        using DatasetSplits splits = Numbered(200, 30, 100);

        DatasetSplits fewer = splits.Limited(train: 20, validation: 10, test: 7);

        Assert.All(fewer.Training.Train.ReadLabels().CountBy(label => label), group => Assert.Equal(2, group.Value));
        Assert.All(fewer.Training.Validation.ReadLabels().CountBy(label => label), group => Assert.Equal(1, group.Value));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Ids(fewer.Test.Open()));
        Assert.Subset(Ids(splits.Training.Train).ToHashSet(), Ids(fewer.Training.Train).ToHashSet());
        Assert.NotEqual(Ids(fewer.Training.Train), Ids(splits.Limited(train: 20, seed: 1).Training.Train));
        Assert.NotEqual(splits.Fingerprint, fewer.Fingerprint);
    }

    [Fact]
    public void Limited_TestUntouched_GoesOnCountingReads()
    {
        using DatasetSplits splits = Numbered(20, 10, 10);
        splits.Test.Open();

        Assert.Equal(1, splits.Limited(train: 5).Test.Reads);
        Assert.Equal(1, splits.Limited(test: 1_000).Test.Reads);
    }

    /// <summary>A look at some of the test images is a look at them.</summary>
    [Fact]
    public void Limited_FewerTestImages_CountsReadsTogetherWithTheWhole()
    {
        using DatasetSplits splits = Numbered(20, 10, 10);
        DatasetSplits fewer = splits.Limited(test: 4), fewest = fewer.Limited(test: 2);

        fewer.Test.Open();
        splits.Test.Open();
        Assert.Equal([0, 1], Ids(fewest.Test.Open()));

        Assert.Equal((3, 3, 3), (splits.Test.Reads, fewer.Test.Reads, fewest.Test.Reads));
        Assert.Equal((10, 4, 2), (splits.Test.Count, fewer.Test.Count, fewest.Test.Count));
        Assert.NotEqual(splits.Test.Fingerprint, fewer.Test.Fingerprint);
    }

    [Fact]
    public void Read_ImageInSeveralSubsets_KeepsItsExampleId()
    {
        using DatasetSplits splits = Numbered(50, 10, 10);
        IImageSource train = splits.Training.Train;

        using ImageBatch whole = train.Read([7]), part = new SubsetImages(train, 3, 7).Read([1]);

        Assert.Equal(whole.Examples.ToArray(), part.Examples.ToArray());
        Assert.Equal(whole.Images.data<float>().ToArray(), part.Images.data<float>().ToArray());
    }

    [Fact]
    public void Take_Count_GivesTheFirstOrAll()
    {
        using InMemoryImages images = Images(5);

        Assert.Equal([0, 1], Ids(images.Take(2)));
        Assert.Same(images, images.Take(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => images.Take(0));
    }

    [Fact]
    public void From_SourcesThatDoNotFit_ListsAllProblems()
    {
        using InMemoryImages train = Images(10), test = InMemoryImages.From(zeros([4, 3, 2, 2], ScalarType.Byte), zeros([4], ScalarType.Int64), ["only"]);

        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(() => DatasetSplits.From(train, test, holdOut: 10));

        Assert.Equal(3, e.Problems.Count);
        Assert.Equal("test: test images must have the size of the training images, 1 x 2 x 2, got 3 x 2 x 2. Resize them beforehand.", e.Problems[0].ToString());
        Assert.Contains("must have the classes of the training images", e.Problems[1].Message);
        Assert.Equal("holdOut: must be at least 1 and less than the 10 training images, got 10. Networks are selected on the images held out.", e.Problems[2].ToString());
    }

    [Fact]
    public void From_SourceWithLabelOutOfRange_NamesImageAndValue()
    {
        using InMemoryImages test = Images(10);

        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(() => DatasetSplits.From(new Mislabelled(test), test, holdOut: 2));

        Assert.Contains("labels must be in [0, 10), the number of class names, got 11 for image 0.", e.Message);
    }

    [Fact]
    public void From_Tensors_NamesClassesUpToTheLargestLabelOfBoth()
    {
        using DisposeScope scope = NewDisposeScope();

        using DatasetSplits splits = DatasetSplits.From(
            zeros([4, 1, 5, 7], ScalarType.Byte), tensor(new[] { 0, 1, 0, 1 }), rand(2, 1, 5, 7), tensor(new[] { 2, 0 }), holdOut: 2);

        Assert.Equal(["0", "1", "2"], splits.ClassNames);
        Assert.Equal((1, 5, 7), (splits.Channels, splits.Height, splits.Width));
    }

    [Fact]
    public void From_TensorsThatBothHaveProblems_ListsThemAll()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor(new long[] { 0, 5 });

        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(
            () => DatasetSplits.From(zeros([2, 1, 2, 2]).FilledLike(-1f), labels, zeros([2, 2], ScalarType.Byte), labels, 1, ["a", "b"]));

        Assert.Equal(["trainImages", "trainLabels", "testImages", "testLabels"], e.Problems.Select(problem => problem.Subject));
    }

    [Fact]
    public void Dispose_OfAView_ReleasesTheTensorsOnce()
    {
        using DisposeScope scope = NewDisposeScope();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (DatasetSplits splits = Numbered(20, 10, 10))
        using (splits.Limited(train: 3))
            Assert.Equal(before + 4, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static InMemoryImages Images(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = ScalarArithmetic.Counting(count).Modulo(10);
        return InMemoryImages.From(ScalarArithmetic.Counting(count).to(ScalarType.Byte).reshape(-1, 1, 1, 1).expand(-1, 1, 2, 2), labels,
            [.. Enumerable.Range(0, 10).Select(i => $"class {i}")]);
    }

    private static DatasetSplits Numbered(int train, int test, int holdOut, Seed? seed = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Pixels(int count) => ScalarArithmetic.Counting(count).to(ScalarType.Byte).reshape(-1, 1, 1, 1).expand(-1, 1, 2, 2);
        Tensor Labels(int count) => ScalarArithmetic.Counting(count).Modulo(10);
        return DatasetSplits.From(Pixels(train), Labels(train), Pixels(test), Labels(test), holdOut, seed: seed);
    }

    private static long[] Ids(IImageSource images)
    {
        using ImageBatch batch = images.Read([.. Enumerable.Range(0, (int)images.Count).Select(i => (long)i)]);
        return batch.Examples.ToArray();
    }

    private sealed class Mislabelled(IImageSource images) : IImageSource
    {
        public long Count => images.Count;
        public int Channels => images.Channels;
        public int Height => images.Height;
        public int Width => images.Width;
        public ValueList<string> ClassNames => images.ClassNames;
        public string Fingerprint => "mislabelled";

        public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
        {
            using ImageBatch batch = images.Read(indices, device);
            return new ImageBatch(batch.Images.clone(), batch.Labels.Plus(batch.Labels.FilledLike(11)), batch.Examples.ToArray());
        }
    }
}
