using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public class GaussianProcessTests
{
    private static readonly SpaceShape Space = new([3, 9, 4], kinds: [DimensionKind.Categorical, DimensionKind.Ordered, DimensionKind.Categorical]);
    private static readonly double[] Logs = [Math.Log(0.7), Math.Log(0.6), Math.Log(1.1), Math.Log(1.3), Math.Log(0.05)];

    private static (int[][] Points, double[] Values) Known(int count)
    {
        RandomSequence draws = RandomStream.From(8).Sequence();
        int[][] points = [.. Enumerable.Range(0, count).Select(_ => Space.Draw(draws).ToArray())];
        return (points, NormalScores.Of([.. points.Select(point => Math.Sin(point[1]) + (point[0] == 1 ? 0.5 : 0) + 0.1 * draws.NextDouble())]));
    }

    [Fact]
    public void At_NoNoise_GivesBackTheValuesItLearned()
    {
        int[][] points = [.. Space.Grid().Where((_, i) => i % 5 == 0).Select(point => point.ToArray())];
        double[] values = [.. points.Select(point => Math.Cos(point[1] + point[0]))];
        GaussianProcess process = new(new PointKernel(Space, [.. Logs[..^1], -30]), points, values);
        for (int i = 0; i < points.Length; i++)
        {
            (double mean, double deviation) = process.At(points[i]);
            Assert.Equal(values[i], mean, 1e-4);
            Assert.InRange(deviation, 0, 0.01);
        }
    }

    [Fact]
    public void At_OneKnownValue_IsTheClosedForm()
    {
        PointKernel kernel = new(Space, Logs);
        GaussianProcess process = new(kernel, [[0, 2, 1]], [1.5]);
        double alike = kernel.At([1, 3, 1], [0, 2, 1]), all = kernel.Variance + kernel.Noise;
        (double mean, double deviation) = process.At([1, 3, 1]);
        Assert.Equal(alike / all * 1.5, mean, 1e-12);
        Assert.Equal(Math.Sqrt(kernel.Variance - alike * alike / all), deviation, 1e-12);
    }

    [Fact]
    public void Evaluate_AnyKernel_HasTheSlopesOfItsDifferences()
    {
        (int[][] points, double[] values) = Known(25);
        KernelFit fit = new(Space, points, values);
        double[] slopes = fit.Evaluate(Logs).Slopes;
        for (int i = 0; i < Logs.Length; i++)
        {
            double[] above = [.. Logs], below = [.. Logs];
            (above[i], below[i]) = (Logs[i] + 1e-5, Logs[i] - 1e-5);
            Assert.Equal((fit.Evaluate(above).Value - fit.Evaluate(below).Value) / 2e-5, slopes[i], 1e-5 * Math.Max(1, Math.Abs(slopes[i])));
        }
    }

    [Fact]
    public void Of_ValuesOfOneDimension_FindsThatTheOthersMatterLittle()
    {
        SpaceShape space = new([4, 4], kinds: [DimensionKind.Categorical, DimensionKind.Categorical]);
        int[][] points = [.. space.Grid().Select(point => point.ToArray())];
        PointKernel kernel = KernelFit.Of(space, points, NormalScores.Of([.. points.Select(point => (double)(point[0] * point[0] % 7))]));
        Assert.True(kernel.At([0, 0], [0, 1]) > 2 * kernel.At([0, 0], [1, 0]));
    }

    [Fact]
    public void Inverse_RandomMatrix_TimesTheMatrixIsOne()
    {
        (int[][] points, _) = Known(12);
        PointKernel kernel = new(Space, Logs);
        double[,] matrix = new double[12, 12];
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 12; j++)
                matrix[i, j] = kernel.At(points[i], points[j]) + (i == j ? kernel.Noise : 0);
        }
        double[][] inverse = LowerTriangle.Of(matrix)!.Inverse();
        for (int i = 0; i < 12; i++)
        {
            for (int j = 0; j < 12; j++)
                Assert.Equal(i == j ? 1 : 0, Enumerable.Range(0, 12).Sum(k => (k <= i ? inverse[i][k] : inverse[k][i]) * matrix[k, j]), 1e-9);
        }
    }

    [Fact]
    public void Scores_ValuesOfAnyScale_ArePutOnOne()
    {
        Assert.Equal([-1.15, -0.32, 0.32, 1.15], NormalScores.Of([-1e9, 3, 4, 1e5]).Select(score => Math.Round(score, 2)));
        Assert.Equal([0.0, 0, 0], NormalScores.Of([2, 2, 2]).Select(score => Math.Round(score, 9)));
        double[] scores = WinsorizedScores.Of([-1e9, 1, 2, 3, 4]);
        Assert.Equal(0, scores.Sum(), 1e-9);
        Assert.True(scores[4] - scores[3] > 0.3);
        Assert.Equal([0.0, 0, 0], WinsorizedScores.Of([2, 2, 2]));
    }
}
