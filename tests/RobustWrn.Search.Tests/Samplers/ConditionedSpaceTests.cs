using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>Densities and kernels where dimensions count only sometimes.</summary>
public sealed class ConditionedSpaceTests
{
    private static readonly SpaceShape Space = new(
        [2, 5, 3, 2], kinds: [DimensionKind.Switch, DimensionKind.Ordered, DimensionKind.Categorical, DimensionKind.Switch],
        conditions: [new(1, 0, [1]), new(2, 1, [0, 4])]);

    [Fact]
    public void Density_AnyConditions_AddsUpToOneOverTheCanonicalPoints() => Gen.Select(ConditionedShapes.Any, Gen.Int[0, 1_000])
        .Sample((shape, seed) =>
    {
        RandomSequence draws = RandomStream.From(seed).For("test").Sequence();
        ParzenDensity density = new(shape, [.. Enumerable.Range(0, 4).Select(_ => shape.Draw(draws))]);

        Assert.Equal(1, shape.Grid().Sum(point => Math.Exp(density.LogAt(point))), 1e-9);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.True(ConditionedShapes.IsCanonical(shape, density.Draw(draws))));
    }, iter: 60);

    [Fact]
    public void Density_DrawnManyTimes_IsWhatItSays()
    {
        const int count = 20_000;
        ParzenDensity density = new(Space, [[1, 4, 2, 0], [1, 2, 0, 1], [0, 0, 0, 1]]);
        RandomSequence draws = RandomStream.From(3).For("test").Sequence();
        Dictionary<ValueList<int>, int> counts = Space.Grid().ToDictionary(point => point, _ => 0);
        for (int i = 0; i < count; i++)
            counts[density.Draw(draws)]++;
        double statistic = counts.Sum(
            pair => Math.Pow(pair.Value - count * Math.Exp(density.LogAt(pair.Key)), 2) / (count * Math.Exp(density.LogAt(pair.Key))));
        // Pearson's over 20 cells: the 99.99 % quantile at 19 degrees of freedom is 50.8.
        Assert.Equal(20, counts.Count);
        Assert.InRange(statistic, 0, 50.8);
    }

    [Fact]
    public void Kernel_AnyConditions_IsPositiveOverAllCanonicalPoints() => Gen.Select(ConditionedShapes.Any, Gen.Double[-2, 1])
        .Sample((shape, log) =>
    {
        PointKernel kernel = new(shape, [.. shape.Sizes.Select(_ => log), 0, -30]);
        int[][] points = [.. shape.Grid().Take(60).Select(shape.Marked)];
        double[,] matrix = new double[points.Length, points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            for (int j = 0; j < points.Length; j++)
                matrix[i, j] = kernel.At(points[i], points[j]) + (i == j ? 1e-9 : 0);
        }

        Assert.NotNull(LowerTriangle.Of(matrix));
    }, iter: 60);

    [Fact]
    public void Kernel_DimensionThatDoesNotCount_IsAsFarFromEveryValueAsItsEnds()
    {
        PointKernel kernel = new(Space, [-30, 0, 0, 0, 0, -30]);

        // Only the second dimension differs: the middle is nearest to where it does not count.
        Assert.Equal(kernel.At([0, -1, -1, 0], [1, 0, -1, 0]), kernel.At([0, -1, -1, 0], [1, 4, -1, 0]), 1e-12);
        Assert.True(kernel.At([0, -1, -1, 0], [1, 2, -1, 0]) > kernel.At([0, -1, -1, 0], [1, 4, -1, 0]));
        Assert.Equal(kernel.Variance, kernel.At([0, -1, -1, 0], [0, -1, -1, 0]), 1e-12);
    }

    [Fact]
    public void KernelFit_PointsInWhichDimensionsDoNotCount_HasTheSlopesOfItsDifferences()
    {
        int[][] points = [.. Space.Grid().Select(Space.Marked)];
        KernelFit fit = new(Space, points, [.. points.Select((point, i) => Math.Sin(i) + point[0])]);
        double[] logs = [-0.3, -0.5, 0.1, 0.2, 0.1, -2];
        double[] slopes = fit.Evaluate(logs).Slopes;
        for (int i = 0; i < logs.Length; i++)
        {
            double[] above = [.. logs], below = [.. logs];
            (above[i], below[i]) = (logs[i] + 1e-5, logs[i] - 1e-5);
            Assert.Equal((fit.Evaluate(above).Value - fit.Evaluate(below).Value) / 2e-5, slopes[i], 1e-5);
        }
    }
}
