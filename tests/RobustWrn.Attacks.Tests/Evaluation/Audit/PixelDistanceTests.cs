using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The audit's own ruler: Lp norms by their names, at any scale.</summary>
public class PixelDistanceTests
{
    [Theory]
    [InlineData("linf", double.PositiveInfinity)]
    [InlineData("l1", 1)]
    [InlineData("l2", 2)]
    [InlineData("l4", 4)]
    [InlineData("l1.5", 1.5)]
    [InlineData("l1000", 1_000)]
    public void Farthest_LpNorm_IsThatOfTheLargestRow(string norm, double p)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2], [3, 4, 4]), moved = RandomStream.From(2).Uniform([0, 1, 2], [3, 4, 4]);
        foreach (double scale in (double[])[1, 1e-30])
        {
            Tensor from = images.to(ScalarType.Float64).Times(scale), to = moved.to(ScalarType.Float64).Times(scale);
            Tensor moves = moved.to(ScalarType.Float64) - images.to(ScalarType.Float64);
            double expected = Enumerable.Range(0, 3).Max(row => Length([.. moves[row].flatten().data<double>()], p));
            Assert.Equal(1, PixelDistance.Farthest(to, from, norm)!.Value / scale / expected, 1e-9);
        }
        Assert.Equal(0, PixelDistance.Farthest(images, images, norm));
    }

    [Theory]
    [InlineData("mine")]
    [InlineData("l")]
    [InlineData("L4")]
    [InlineData("l0.5")]
    [InlineData("l-2")]
    [InlineData("l1e1")]
    [InlineData("l1001")]
    [InlineData("lnan")]
    [InlineData("")]
    public void Farthest_NameWithoutAnExponent_IsNotMeasured(string norm)
    {
        using Tensor images = zeros(1, 1, 2, 2);
        Assert.Null(PixelDistance.Farthest(images, images, norm));
    }

    // By the largest value, so that no power leaves the range of numbers.
    private static double Length(double[] row, double p)
    {
        double largest = row.Max(Math.Abs);
        return double.IsInfinity(p) ? largest : largest * Math.Pow(row.Sum(value => Math.Pow(Math.Abs(value) / largest, p)), 1 / p);
    }
}
