using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public class ImprovementTests
{
    private static readonly float[] Normal = Draws();

    [Theory]
    [InlineData(0, 0, 1, 0.3989422804014327)] // the density of a standard normal at 0
    [InlineData(1, 0, 1, 0.08331547058768628)]
    [InlineData(-2, 1, 0.5, 3.0000000000000)]
    public void Above_KnownCases_AreExact(double threshold, double mean, double deviation, double expected) =>
        Assert.Equal(expected, Improvement.Above(threshold, mean, deviation), 1e-9);

    [Theory]
    [InlineData(0.2, 0.9, 0.3, 0.2)]
    [InlineData(0.6, 0.6, 0.2, 0.4)]
    [InlineData(1.4, -0.5, 0.5, 0.1)]
    public void OfArea_AnyValues_IsTheMeanGrowthOfManyDraws(double first, double second, double firstDeviation, double secondDeviation)
    {
        (double, double)[] front = [(0.1, 0.9), (0.5, 0.7), (0.9, 0.1)];
        double before = Area(front), sum = 0, squares = 0;
        int draws = Normal.Length / 2;
        for (int i = 0; i < draws; i++)
        {
            double grown = Area([.. front, (first + firstDeviation * Normal[2 * i], second + secondDeviation * Normal[2 * i + 1])]) - before;
            (sum, squares) = (sum + grown, squares + grown * grown);
        }
        double error = Math.Sqrt((squares / draws - sum / draws * (sum / draws)) / draws);
        Assert.Equal(sum / draws, Improvement.OfArea(front, (0, 0), (first, firstDeviation), (second, secondDeviation)), 5 * error + 1e-6);
    }

    [Fact]
    public void OfArea_NoFront_IsTheProductOfBothImprovements() => Assert.Equal(
        Improvement.Above(0.1, 0.3, 0.2) * Improvement.Above(-0.2, 0.4, 0.5),
        Improvement.OfArea([], (0.1, -0.2), (0.3, 0.2), (0.4, 0.5)), 1e-15);

    private static float[] Draws()
    {
        float[] draws = new float[80_000];
        RandomStream.From(5).FillNormal(draws);
        return draws;
    }

    private static double Area(IEnumerable<(double First, double Second)> points)
    {
        double area = 0, height = 0;
        foreach ((double first, double second) in points.Where(point => point.First > 0).OrderByDescending(point => point.First))
        {
            area += first * Math.Max(0, second - height);
            height = Math.Max(height, second);
        }
        return area;
    }
}
