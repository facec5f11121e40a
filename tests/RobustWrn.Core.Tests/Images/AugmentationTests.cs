using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class AugmentationTests
{
    private static readonly RandomStream Noise = RandomStream.From(5).For("augmentation").At(3);

    public static TheoryData<IAugmentation> All() =>
        new(DescriptionTypes.Implementing(typeof(IAugmentation)).Values.Select(type => (IAugmentation)Activator.CreateInstance(type)!));

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(9)]
    public void RandomCrop_Images_EqualsCroppingOneByOne(int padding)
    {
        using DisposeScope scope = NewDisposeScope();
        (int n, int c, int h, int w) = (40, 2, 6, 9);
        long[] examples = [.. Enumerable.Range(100, n).Select(i => (long)i)];
        Tensor images = Images(n, c, h, w);

        Tensor cropped = new RandomCrop { Padding = padding }.Apply(images, Noise, examples);

        float[] shift = new float[2];
        HashSet<(int, int)> seen = [];
        for (int i = 0; i < n; i++)
        {
            Noise.For(RandomCrop.TypeName).FillUniform(shift, examples[i]);
            (int down, int right) = ((int)(shift[0] * (2 * padding + 1)) - padding, (int)(shift[1] * (2 * padding + 1)) - padding);
            seen.Add((down, right));
            Assert.InRange(down, -padding, padding);
            for (int at = 0; at < c * h * w; at++)
            {
                (int channel, int row, int column) = (at / (h * w), at / w % h + down, at % w + right);
                float expected = row < 0 || row >= h || column < 0 || column >= w ? 0 : images[i, channel, row, column].item<float>();
                Assert.Equal(expected, cropped[i, channel, at / w % h, at % w].item<float>());
            }
        }
        Assert.True(seen.Count > 5);
    }

    [Fact]
    public void RandomCrop_ManyExamples_UsesEveryShiftEvenly()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] examples = [.. Enumerable.Range(0, 2_500).Select(i => (long)i)];
        Tensor dot = zeros(1, 1, 5, 5);
        dot[0, 0, 2, 2] = 1;

        Tensor sums = new RandomCrop { Padding = 2 }.Apply(dot.expand(2_500, 1, 5, 5), Noise, examples).sum([0L]);

        // Each of the 25 shifts moves the dot to a place of its own: 100 expected, standard deviation 9.8.
        Assert.All(sums.data<float>().ToArray(), count => Assert.InRange(count, 50, 150));
        Assert.Equal(2_500, sums.sum().item<float>());
    }

    [Fact]
    public void RandomCrop_PaddingZero_ChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = Images(3, 3, 8, 8);

        Assert.Equal(Values(images), Values(new RandomCrop { Padding = 0 }.Apply(images, Noise, [0, 1, 2])));
    }

    [Fact]
    public void HorizontalFlip_Images_MirrorsEachByItsOwnDraw()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] examples = [.. Enumerable.Range(0, 200).Select(i => (long)i)];
        Tensor images = Images(200, 2, 3, 5);

        Tensor flipped = new HorizontalFlip().Apply(images, Noise, examples);

        float[] draw = new float[1];
        int mirrored = 0;
        for (int i = 0; i < 200; i++)
        {
            Noise.For(HorizontalFlip.TypeName).FillUniform(draw, i);
            mirrored += draw[0] < 0.5 ? 1 : 0;
            Assert.Equal(Values(draw[0] < 0.5 ? images[i].flip(2) : images[i]), Values(flipped[i]));
        }
        Assert.InRange(mirrored, 70, 130);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_BatchOrderAndSize_DoNotMatterToAnExample(IAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = Images(6, 3, 8, 8);
        Tensor whole = augmentation.Apply(images, Noise, [10, 11, 12, 13, 14, 15]);

        Tensor some = augmentation.Apply(images.index_select(0, tensor(new long[] { 4, 1 })), Noise, [14, 11]);

        Assert.Equal(Values(whole[4]), Values(some[0]));
        Assert.Equal(Values(whole[1]), Values(some[1]));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_Bytes_EqualsFloatsRounded(IAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor bytes = Images(8, 3, 6, 6).Times(255.0).to(ScalarType.Byte);
        long[] examples = [0, 1, 2, 3, 4, 5, 6, 7];

        Tensor changed = augmentation.Apply(bytes, Noise, examples);

        Assert.Equal(ScalarType.Byte, changed.dtype);
        Tensor floats = augmentation.Apply(bytes.to(ScalarType.Float32).Over(255), Noise, examples).Times(255.0);
        Assert.InRange(floats.sub(changed.to(ScalarType.Float32)).abs().max().Number(), 0, 0.501);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_Images_KeepsShapeAndInputAndLeaksNothing(IAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = Images(4, 3, 7, 9);
        float[] values = Values(images);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Tensor changed = augmentation.Apply(images, Noise, [0, 1, 2, 3]);

        Assert.Equal(images.shape, changed.shape);
        Assert.Equal(values, Values(images));
        changed.Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_WrongNumberOfIds_IsRefused(IAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.StartsWith("there must be one example id for each of the 2 images, got 1.",
            Assert.Throws<ArgumentException>(() => augmentation.Apply(zeros(2, 3, 4, 4), Noise, [0])).Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Json_RoundTrip_GivesTheSame(IAugmentation augmentation) =>
        Assert.Equal(augmentation, DescriptionJson.Read<IAugmentation>(DescriptionJson.Write(augmentation)));

    [Fact]
    public void RandomCrop_NegativePadding_IsRefused() =>
        Assert.Contains("Padding: must be at least 0, got -1.", new RandomCrop { Padding = -1 }.Problems().Select(problem => problem.ToString()));

    private static Tensor Images(int n, int c, int h, int w) =>
        RandomStream.From(1).Uniform([.. Enumerable.Range(0, n).Select(i => (long)i)], [c, h, w]);

    private static float[] Values(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.contiguous().data<float>().ToArray();
    }
}
