using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class InMemoryImagesTests
{
    [Fact]
    public void Read_EveryByteValue_IsTheValueDividedBy255InFloat32()
    {
        using DisposeScope scope = NewDisposeScope();
        byte[] values = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using InMemoryImages images = InMemoryImages.From(tensor(values).reshape(4, 1, 8, 8), tensor(new long[] { 0, 1, 2, 3 }));

        using ImageBatch batch = images.Read([0, 1, 2, 3]);

        Assert.Equal(values.Select(value => value / 255f), batch.Images.data<float>().ToArray());
    }

    [Fact]
    public void Read_AnyOrderWithRepeats_GivesThoseImagesLabelsAndIds()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = tensor(Enumerable.Range(0, 5 * 2 * 3 * 4).Select(i => (byte)i).ToArray()).reshape(5, 2, 3, 4);
        using InMemoryImages images = InMemoryImages.From(pixels, tensor(new long[] { 4, 3, 2, 1, 0 }));

        using ImageBatch batch = images.Read([3, 0, 3]);

        Assert.Equal((5, 2, 3, 4), (images.Count, images.Channels, images.Height, images.Width));
        Assert.Equal([3, 0, 3], batch.Examples.ToArray());
        Assert.Equal([1, 4, 1], batch.Labels.data<long>().ToArray());
        for (int i = 0; i < 3; i++)
            Assert.Equal(pixels[batch.Examples[i]].to(ScalarType.Float32).Over(255).data<float>().ToArray(), batch.Images[i].data<float>().ToArray());
        Assert.Equal([1, 4, 1], images.ReadLabels([3, 0, 3]));
    }

    [Fact]
    public void Read_AfterTheScopeItWasMadeIn_StillWorks()
    {
        InMemoryImages images;
        using (NewDisposeScope())
            images = InMemoryImages.From(zeros([2, 1, 2, 2], ScalarType.Byte), zeros([2], ScalarType.Int64));
        using (images)
        using (ImageBatch batch = images.Read([1]))
            Assert.Equal(0f, batch.Images.sum().item<float>());
    }

    [Fact]
    public void FromReadAndDispose_LiveTensors_ReturnToTheirBaseline()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = zeros([20, 3, 4, 4], ScalarType.Byte), labels = zeros([20], ScalarType.Int64);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using (InMemoryImages images = InMemoryImages.From(pixels, labels))
        {
            long held = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            Assert.Equal(before + 2, held);
            _ = images.Fingerprint;
            images.Read([1, 2, 3]).Dispose();
            images.ReadLabels();
            Assert.Equal(held, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void From_FloatsThatAreBytes_ReadsTheSameAsTheBytes(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = ScalarArithmetic.Counting(256).to(ScalarType.Byte).reshape(1, 1, 16, 16), labels = zeros([1], ScalarType.Int64);
        using InMemoryImages given = InMemoryImages.From(bytes, labels), floats = InMemoryImages.From(bytes.to(type).Over(255), labels);

        Assert.Equal(given.Fingerprint, floats.Fingerprint);
    }

    [Fact]
    public void From_OtherFloats_ReadsThemUnchanged()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = tensor(new[] { 0f, 1f, 0.1f, 0.5f }).reshape(1, 1, 2, 2);
        using InMemoryImages images = InMemoryImages.From(pixels, zeros([1], ScalarType.Int64));

        using ImageBatch batch = images.Read([0]);

        Assert.Equal(pixels.data<float>().ToArray(), batch.Images.data<float>().ToArray());
    }

    [Fact]
    public void From_TensorsChangedAfterwards_KeepsItsCopy()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = zeros([1, 1, 2, 2], ScalarType.Byte), labels = zeros([1], ScalarType.Int64);
        using InMemoryImages images = InMemoryImages.From(pixels, labels, ["a", "b"]);
        pixels.FillInPlace(255);
        labels.FillInPlace(1);

        using ImageBatch batch = images.Read([0]);

        Assert.Equal(0f, batch.Images.sum().item<float>());
        Assert.Equal(0, batch.Labels.item<long>());
    }

    [Fact]
    public void Fingerprint_OnePixelLabelOrShape_ChangesIt()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pixels = zeros([2, 1, 2, 4], ScalarType.Byte), labels = zeros([2], ScalarType.Int64);
        string Of(Tensor images, Tensor classes)
        {
            using InMemoryImages source = InMemoryImages.From(images, classes, ["a", "b"]);
            return source.Fingerprint;
        }
        Tensor pixel = pixels.clone(), label = labels.clone();
        pixel[1, 0, 1, 3] = 1;
        label[1] = 1;

        string[] prints = [Of(pixels, labels), Of(pixel, labels), Of(pixels, label), Of(pixels.reshape(2, 1, 4, 2), labels)];

        Assert.Equal(4, prints.Distinct().Count());
        Assert.Equal(prints[0], Of(pixels, labels));
        Assert.Matches("^[0-9a-f]{64}$", prints[0]);
    }

    [Fact]
    public void From_SeveralProblems_ListsThemAllWithRemedies()
    {
        using DisposeScope scope = NewDisposeScope();

        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(
            () => InMemoryImages.From(zeros([2, 1, 2, 2]).FilledLike(200f), tensor(new long[] { 0, 7 }), ["cat", "dog"]));

        Assert.Equal(
            [
                "images: pixels must be in [0, 1], got 200 to 200. Divide by 255 if they go up to 255, and leave normalisation to the network's Normalization.",
                "labels: must be in [0, 2), the number of classes, got 7 for image 1.",
            ], e.Problems.Select(problem => problem.ToString()));
    }

    [Fact]
    public void From_WrongShapesOrTypes_NamesRuleAndValue()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = zeros([2], ScalarType.Int64), good = zeros([2, 1, 2, 2], ScalarType.Byte);
        string Message(Tensor images, Tensor classes) => Assert.Throws<InvalidDescriptionException>(() => InMemoryImages.From(images, classes)).Message;

        Assert.Contains("must have shape (images, channels, height, width), none of them 0, got (2, 4, 4). Greyscale images get their channel by unsqueeze(1).",
            Message(zeros([2, 4, 4], ScalarType.Byte), labels));
        Assert.Contains("must be finite, got NaN or infinity.", Message(zeros([2, 1, 2, 2]).FilledLike(float.NaN), labels));
        Assert.Contains("got Int64", Message(zeros([2, 1, 2, 2], ScalarType.Int64), labels));
        Assert.Contains("must have shape (images), one for each of the 2 images, got (3).", Message(good, zeros([3], ScalarType.Int64)));
        Assert.Contains("must be whole numbers such as int64, got Float32.", Message(good, zeros([2])));
        Assert.Contains("must be at least 0, got -1 for image 0.", Message(good, zeros([2], ScalarType.Int64).FilledLike(-1L)));
    }

    [Fact]
    public void Read_IndexOutOfRange_NamesIndexAndCount()
    {
        using InMemoryImages images = InMemoryImages.From(zeros([2, 1, 2, 2], ScalarType.Byte), zeros([2], ScalarType.Int64));

        Assert.Contains("an index must be in [0, 2), the number of images, got 2.", Assert.Throws<ArgumentOutOfRangeException>(() => images.Read([0, 2])).Message);
    }
}
