using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public class ParzenDensityTests
{
    private static readonly SpaceShape Space = new([3, 8, 2], kinds: [DimensionKind.Categorical, DimensionKind.Ordered, DimensionKind.Categorical]);

    private static readonly ParzenDensity Density = new(Space, [[0, 2, 1], [2, 7, 1], [0, 3, 0]]);

    [Fact]
    public void LogAt_OverTheGrid_AddsUpToOne() => Assert.Equal(1, Space.Grid().Sum(point => Math.Exp(Density.LogAt(point))), 1e-12);

    [Fact]
    public void LogAt_BesideAPoint_IsHigherNearerInOrderedValues()
    {
        Assert.True(Density.LogAt([2, 6, 1]) > Density.LogAt([2, 5, 1]));
        Assert.True(Density.LogAt([0, 2, 1]) > Density.LogAt([1, 2, 1]));
    }

    [Fact]
    public void Draw_ManyTimes_HasTheDensity()
    {
        const int draws = 20_000;
        RandomSequence random = RandomStream.From(3).Sequence();
        Dictionary<ValueList<int>, int> counts = Space.Grid().ToDictionary(point => point, _ => 0);
        for (int i = 0; i < draws; i++)
            counts[Density.Draw(random)]++;
        double statistic = counts.Sum(pair => Math.Pow(pair.Value - draws * Math.Exp(Density.LogAt(pair.Key)), 2) / (draws * Math.Exp(Density.LogAt(pair.Key))));
        // Pearson's over 48 cells: the 99.99 % quantile at 47 degrees of freedom is 93.2.
        Assert.InRange(statistic, 0, 93.2);
    }
}
