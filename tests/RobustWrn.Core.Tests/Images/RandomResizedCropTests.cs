using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class RandomResizedCropTests
{
    private static readonly RandomStream Noise = RandomStream.From(5).For("augmentation");

    /// <summary>The box, cut out and enlarged by torch.</summary>
    [Theory]
    [InlineData(32, 32)]
    [InlineData(9, 14)]
    public void Apply_AnyImage_IsItsBoxEnlarged(long height, long width)
    {
        RandomResizedCrop crop = new();
        Tensor images = Noise.For("images").Uniform(Ids(40), [3, height, width]);

        Tensor cropped = crop.Apply(images, Noise, Ids(40));

        for (int i = 0; i < 40; i++)
        {
            (long top, long rows, long left, long columns) = crop.Box(Noise.For(RandomResizedCrop.TypeName).Sequence(i), height, width);
            Tensor box = images.narrow(0, i, 1).narrow(2, top, rows).narrow(3, left, columns);
            Tensor expected = nn.functional.interpolate(box, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
            Assert.True(expected.squeeze(0).allclose(cropped[i], rtol: 1e-5, atol: 1e-6), $"image {i}");
        }
    }

    [Fact]
    public void Box_ManyDraws_KeepsAreaAndAspectAndReachesTheEdges()
    {
        const long height = 60, width = 90;
        (long Top, long Rows, long Left, long Columns)[] boxes = [.. Ids(2000).Select(id => new RandomResizedCrop { LeastArea = 0.1, LargestArea = 0.5 }.Box(Noise.Sequence(id), height, width))];

        Assert.All(boxes, box =>
        {
            Assert.InRange(box.Top, 0, height - box.Rows);
            Assert.InRange(box.Left, 0, width - box.Columns);
            Assert.InRange((double)box.Rows * box.Columns / (height * width), 0.09, 0.52);
            Assert.InRange((double)box.Columns / box.Rows, 0.7, 1.42);
        });
        Assert.Contains(boxes, box => box.Top == 0);
        Assert.Contains(boxes, box => box.Left + box.Columns == width);
        Assert.InRange(boxes.Average(box => Math.Log((double)box.Columns / box.Rows)), -0.02, 0.02);
        Assert.InRange(boxes.Average(box => (double)box.Rows * box.Columns / (height * width)), 0.29, 0.31);
    }

    /// <summary>No box of this area and aspect lies in so narrow an image: the middle one, as wide as may be.</summary>
    [Fact]
    public void Box_ImageThatIsTooNarrow_IsTheMiddle() =>
        Assert.Equal((0, 8, 34, 11), new RandomResizedCrop { LeastArea = 1 }.Box(Noise.Sequence(1), 8, 80));

    [Fact]
    public void Apply_WholeImage_StaysAsItIs()
    {
        Tensor images = Noise.For("images").Uniform(Ids(4), [3, 8, 8]).Times(255).to(ScalarType.Byte);

        Tensor cropped = new RandomResizedCrop { LeastArea = 1, LeastAspect = 1 }.Apply(images, Noise, Ids(4));

        Assert.Equal(ScalarType.Byte, cropped.dtype);
        Assert.True(cropped.Equals(images));
    }

    [Fact]
    public void Problems_OutOfRange_AreAllNamed() =>
        Assert.Equal(["LeastArea", "LargestArea", "LeastAspect"], new RandomResizedCrop { LeastArea = 0, LargestArea = 2, LeastAspect = 2 }.Problems().Select(problem => problem.Subject));

    private static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];
}
