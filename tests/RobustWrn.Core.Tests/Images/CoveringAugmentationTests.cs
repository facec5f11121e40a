using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Cutout and random erasing, which cover a rectangle, and colour jitter, which changes every pixel.</summary>
public class CoveringAugmentationTests
{
    private static readonly RandomStream Noise = RandomStream.From(5).For("augmentation").At(3);

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Cutout_Images_CoversOneSquareWhoseCentreLiesInside(int side)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor covered = new Cutout { Side = side, Fill = 0 }.Apply(ones(300, 2, 9, 12), Noise, Ids(300));

        HashSet<(long, long, long, long)> seen = [];
        for (int i = 0; i < 300; i++)
        {
            (long top, long bottom, long left, long right) = Box(covered[i], 0);
            seen.Add((top, bottom, left, right));
            // Cut off at the edge, or whole.
            Assert.True(bottom - top == side || top == 0 || bottom == 9);
            Assert.True(right - left == side || left == 0 || right == 12);
            Assert.InRange(bottom - top, (side + 1) / 2, side);
            Assert.InRange(right - left, (side + 1) / 2, side);
            Assert.Equal(2 * (9 * 12 - (bottom - top) * (right - left)), covered[i].sum().Number());
        }
        // 108 centres, 300 draws: 101 expected.
        Assert.InRange(seen.Count, 85, 108);
    }

    [Fact]
    public void Cutout_Default_FillsBytesWithMidGrey()
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor covered = new Cutout { Side = 40 }.Apply(zeros([2, 1, 8, 8], ScalarType.Byte), Noise, [0, 1]);

        Assert.Equal(128, covered.min().WholeNumber());
    }

    [Fact]
    public void RandomErasing_ManyImages_CoversHalfOfThemByAreasInRange()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor covered = new RandomErasing().Apply(FilledLike(zeros(1_000, 1, 32, 32), 2), Noise, Ids(1_000));

        List<double> areas = [];
        for (int i = 0; i < 1_000; i++)
        {
            if (covered[i].min().Number() == 2)
                continue;
            (long top, long bottom, long left, long right) = Box(covered[i], 1.5);
            double area = (double)(bottom - top) * (right - left) / 1_024, aspect = (double)(bottom - top) / (right - left);
            areas.Add(area);
            Assert.InRange(area, 0.01, 0.43);
            // Sides are rounded: the smallest has 2 to 3 pixels.
            Assert.InRange(aspect, 0.2, 5);
            Assert.Equal(1_024 - (bottom - top) * (right - left), covered[i].IsAbove(1.5).sum().WholeNumber());
        }
        // Standard deviation of the count: 16.
        Assert.InRange(areas.Count, 430, 570);
        Assert.True(areas.Max() > 0.3 && areas.Min() < 0.04);
    }

    [Fact]
    public void RandomErasing_Covered_IsUniformNoise()
    {
        using DisposeScope scope = NewDisposeScope();
        RandomErasing all = new() { Probability = 1, LeastArea = 0.4 };

        Tensor covered = all.Apply(FilledLike(zeros(200, 3, 16, 16), 2), Noise, Ids(200));
        float[] pixels = [.. covered.data<float>().ToArray().Where(pixel => pixel < 1.5)];

        Assert.InRange(pixels.Average(), 0.49, 0.51);
        Assert.InRange(pixels.Count(pixel => pixel < 0.1) / (double)pixels.Length, 0.09, 0.11);
    }

    [Fact]
    public void RandomErasing_ProbabilityZero_ChangesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(5, 3, 8, 8);

        Assert.True(images.Equals(new RandomErasing { Probability = 0 }.Apply(images, Noise, Ids(5))));
    }

    [Fact]
    public void ColourJitter_BrightnessAlone_MultipliesEachImageByItsOwnFactor()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = FilledLike(zeros(400, 3, 2, 2), 0.5);

        Tensor changed = new ColourJitter { Brightness = 0.4, Contrast = 0, Saturation = 0 }.Apply(images, Noise, Ids(400));
        double[] factors = [.. changed.select(1, 0).select(1, 0).select(1, 0).data<float>().ToArray().Select(pixel => pixel / 0.5)];

        Assert.All(factors, factor => Assert.InRange(factor, 0.599, 1.401));
        Assert.True(factors.Min() < 0.63 && factors.Max() > 1.37);
        Assert.True(changed.amax([1, 2, 3]).Equals(changed.amin([1, 2, 3])));
    }

    [Fact]
    public void ColourJitter_ContrastAlone_KeepsTheMeanAndScalesTheDistancesFromIt()
    {
        using DisposeScope scope = NewDisposeScope();
        // Greys between 0.4 and 0.6, so that nothing is clamped.
        Tensor images = rand(50, 1, 6, 6).Times(0.2).Plus(0.4).expand(50, 3, 6, 6);

        Tensor changed = new ColourJitter { Brightness = 0, Contrast = 0.5, Saturation = 0 }.Apply(images, Noise, Ids(50));

        Tensor before = images.sub(images.mean([1, 2, 3], keepdim: true)), after = changed.sub(changed.mean([1, 2, 3], keepdim: true));
        Assert.InRange(images.mean([1, 2, 3]).sub(changed.mean([1, 2, 3])).abs().max().Number(), 0, 1e-6);
        Tensor factor = after.select(1, 0).amax([1, 2]).div(before.select(1, 0).amax([1, 2]));
        Assert.InRange(after.sub(before.mul(factor.view(-1, 1, 1, 1))).abs().max().Number(), 0, 1e-6);
        Assert.True(factor.min().Number() < 0.6 && factor.max().Number() > 1.4);
    }

    [Fact]
    public void ColourJitter_SaturationAlone_KeepsBrightnessAndLeavesGreysAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor colour = rand(50, 3, 4, 4).Times(0.2).Plus(0.4), grey = rand(50, 1, 4, 4).expand(50, 3, 4, 4);
        ColourJitter jitter = new() { Brightness = 0, Contrast = 0, Saturation = 0.5 };

        Tensor changed = jitter.Apply(colour, Noise, Ids(50));

        Tensor weights = tensor(new[] { 0.299f, 0.587f, 0.114f }).view(1, 3, 1, 1);
        Assert.InRange(colour.mul(weights).sum(1).sub(changed.mul(weights).sum(1)).abs().max().Number(), 0, 1e-6);
        Assert.True(colour.sub(changed).abs().max().Number() > 0.01);
        Assert.InRange(grey.sub(jitter.Apply(grey, Noise, Ids(50))).abs().max().Number(), 0, 1e-6);
    }

    /// <summary>Red that turns by t of a circle is (1, 6 t, 0), or (1, 0, -6 t) to the other side.</summary>
    [Fact]
    public void ColourJitter_HueAlone_TurnsEachImageByItsOwnAngle()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor red = tensor(new[] { 1f, 0, 0 }).view(1, 3, 1, 1).expand(400, 3, 2, 2);

        Tensor changed = new ColourJitter { Brightness = 0, Contrast = 0, Saturation = 0, Hue = 0.1 }.Apply(red, Noise, Ids(400));

        Tensor turn = changed.select(1, 1).sub(changed.select(1, 2)).Over(6);
        Assert.InRange(changed.select(1, 0).Minus(1).abs().max().Number(), 0, 1e-6);
        Assert.InRange(turn.abs().sub(changed.select(1, 1).Plus(changed.select(1, 2)).Over(6)).abs().max().Number(), 0, 1e-6);
        Assert.InRange(turn.max().Number(), 0.095, 0.1);
        Assert.InRange(turn.min().Number(), -0.1, -0.095);
        Assert.True(changed.amax([2, 3]).allclose(changed.amin([2, 3])));
    }

    /// <summary>Value and chroma stay, and a picture whose channels have changed places, a third of a turn, comes out with its channels changed likewise.</summary>
    [Fact]
    public void ColourJitter_HueOfAnyColour_KeepsValueAndChroma()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor colour = rand(50, 3, 4, 4), grey = rand(50, 1, 4, 4).expand(50, 3, 4, 4);
        ColourJitter jitter = new() { Brightness = 0, Contrast = 0, Saturation = 0, Hue = 0.5 };

        Tensor changed = jitter.Apply(colour, Noise, Ids(50));

        Assert.True(changed.amax([1]).allclose(colour.amax([1])) && changed.amin([1]).allclose(colour.amin([1]), atol: 1e-6));
        Assert.True(colour.sub(changed).abs().amax([1, 2, 3]).min().Number() > 1e-3);
        Assert.True(jitter.Apply(colour.roll(1, 1), Noise, Ids(50)).allclose(changed.roll(1, 1), atol: 1e-5));
        Assert.True(jitter.Apply(grey, Noise, Ids(50)).allclose(grey, atol: 1e-6));
        Assert.True((jitter with { Hue = 0 }).Apply(colour, Noise, Ids(50)).allclose(colour, atol: 1e-6));
        Assert.Equal([50, 1, 4, 4], jitter.Apply(grey.narrow(1, 0, 1), Noise, Ids(50)).shape);
    }

    [Fact]
    public void Problems_OutOfRange_AreAllNamed()
    {
        Assert.Equal(["Side", "Fill"], new Cutout { Side = 0, Fill = 2 }.Problems().Select(problem => problem.Subject));
        Assert.Equal(["Probability", "LargestArea"], new RandomErasing { Probability = -1, LeastArea = 0.5 }.Problems().Select(problem => problem.Subject));
        Assert.Equal(["Brightness", "Hue"], new ColourJitter { Brightness = 1.5, Hue = 0.6 }.Problems().Select(problem => problem.Subject));
    }

    private static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    private static Tensor FilledLike(Tensor like, double value) => like.FilledLike(value);

    // The smallest rectangle around the pixels at or below a limit, in any channel.
    private static (long Top, long Bottom, long Left, long Right) Box(Tensor image, double limit)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor covered = image.IsAtMost(limit).any(0);
        long[] rows = covered.any(1).nonzero().view(-1).data<long>().ToArray(), columns = covered.any(0).nonzero().view(-1).data<long>().ToArray();
        return (rows.Min(), rows.Max() + 1, columns.Min(), columns.Max() + 1);
    }
}
