using CsCheck;

namespace RobustWrn.Search.Tests;

/// <summary>The hypervolume against closed forms and against inclusion and exclusion.</summary>
public sealed class HypervolumeTests
{
    private static readonly double[][] Staircase = [[1, 4], [2, 3], [3, 2], [4, 1]];

    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 10)]
    [InlineData(3, 7)]
    [InlineData(5, 3)]
    public void Of_OnePoint_IsItsBox(int objectives, int side) => Assert.Equal(
        Math.Pow(side + 2, objectives),
        Hypervolume.Of([Enumerable.Repeat((double)side, objectives).ToArray()], Enumerable.Repeat(-2.0, objectives).ToArray()));

    [Fact]
    public void Of_Staircase_IsTheTriangularNumber() => Assert.Equal(10, Hypervolume.Of(Staircase, [0, 0]));

    /// <summary>Points with x + y + z = n on the grid of whole numbers dominate as many unit cubes as a tetrahedron has.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(9)]
    public void Of_SimplexInThree_IsTheTetrahedralNumber(int n)
    {
        IEnumerable<double[]> points = Enumerable.Range(1, n).SelectMany(x =>
            Enumerable.Range(1, n - x + 1).Select(y => new double[] { x, y, n + 2 - x - y }));

        Assert.Equal(n * (n + 1) * (n + 2) / 6, Hypervolume.Of(points, [0, 0, 0]), 9);
    }

    /// <summary>Points (1, .., n, .., 1): n - 1 unit cubes on each side of one that they share.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(6)]
    public void Of_Star_IsItsArmsAndItsMiddle(int objectives) => Assert.Equal(
        1 + objectives * 4,
        Hypervolume.Of(
            Enumerable.Range(0, objectives).Select(arm => Enumerable.Range(0, objectives).Select(o => o == arm ? 5.0 : 1).ToArray()),
            new double[objectives]),
        9);

    [Fact]
    public void Of_RandomPoints_EqualsInclusionAndExclusion() => Points().Sample(
        points => Assert.Equal(BruteForce(points), Hypervolume.Of(points, new double[points[0].Length]), 9), iter: 300);

    /// <summary>Whole numbers, so that values, slices and points coincide.</summary>
    [Fact]
    public void Of_PointsWithTies_EqualsInclusionAndExclusion() => Gen.Int[2, 5].SelectMany(objectives =>
        Gen.Int[0, 3].Select(value => (double)value).Array[objectives].Array[1, 9]).Sample(
        points => Assert.Equal(BruteForce(points), Hypervolume.Of(points, new double[points[0].Length]), 9), iter: 300);

    [Fact]
    public void Of_DominatedPointsAndCopiesAndAnyOrder_ChangeNothing() => Gen.Select(Points(), Gen.Double[0.1, 1], Gen.Int[0, 1000])
        .Sample((points, share, seed) =>
        {
            double[] reference = new double[points[0].Length];
            IEnumerable<double[]> dominated = points.Select(point => point.Select(value => value * share).ToArray());
            IEnumerable<double[]> more = points.Concat(points).Concat(dominated);
            double[][] shuffled = [.. more.OrderBy(point => (point[0] * 7919 + seed) % 1)];

            Assert.Equal(Hypervolume.Of(points, reference), Hypervolume.Of(shuffled, reference), 9);
        }, iter: 200);

    [Fact]
    public void Of_PointsBelowTheReference_AddNothing() =>
        Assert.Equal(10, Hypervolume.Of([.. Staircase, [9, 0], [-1, 20], [0, 0]], [0, 0]));

    [Fact]
    public void Of_NoPoints_IsZero() => Assert.Equal(0, Hypervolume.Of(Array.Empty<double[]>(), [0, 0, 0]));

    [Fact]
    public void Of_SomethingMinimised_IsMeasuredFromItsUpperBound() => Assert.Equal(
        // Robust 0.5 at cost 4, 0.7 at 8 and 0.9 at 11, from 0 and 10: 0.5 x (10 - 4) and, beyond it, 0.2 x (10 - 8).
        0.5 * 6 + 0.2 * 2,
        Hypervolume.Of([[0.5, -4.0], [0.7, -8.0], [0.9, -11.0]], [0, -10]),
        12);

    /// <summary>A front of a search of hundreds of trials must not make its table wait.</summary>
    [Fact]
    public void Of_ThousandPointsInThree_IsThatOfTheSphereNearly()
    {
        const int steps = 60;
        double[] angles = [.. Enumerable.Range(0, steps + 1).Select(i => Math.PI / 2 * i / steps)];
        IEnumerable<double[]> sphere = angles.SelectMany(a =>
            angles.Select(b => new[] { Math.Cos(a) * Math.Cos(b), Math.Cos(a) * Math.Sin(b), Math.Sin(a) }));

        double volume = Hypervolume.Of(sphere, [0, 0, 0]);

        // An eighth of the ball from within; the steps leave out at most one layer of their own size.
        Assert.InRange(volume, Math.PI / 6 - 0.06, Math.PI / 6);
    }

    [Fact]
    public void Of_WrongInputs_SaysWhich()
    {
        Assert.StartsWith("a hypervolume needs at least one objective, got none.",
            Refused(() => Hypervolume.Of(Staircase, [])), StringComparison.Ordinal);
        Assert.StartsWith("the reference point must be finite, got (0, NaN).", Refused(() => Hypervolume.Of(Staircase, [0, double.NaN])),
            StringComparison.Ordinal);
        Assert.StartsWith("every point must have 2 finite numbers, as the reference point has, got (1, Infinity) at 1. Leave it out.",
            Refused(() => Hypervolume.Of([[1, 2], [1, double.PositiveInfinity]], [0, 0])), StringComparison.Ordinal);
        Assert.StartsWith("every point must have 2 finite numbers, as the reference point has, got (1) at 0. Leave it out.",
            Refused(() => Hypervolume.Of([[1]], [0, 0])), StringComparison.Ordinal);

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    private static Gen<double[][]> Points() => Gen.Int[2, 5].SelectMany(objectives => Gen.Double[0, 1].Array[objectives].Array[1, 10]);

    // The sum over all sets of points of the box that they share, with alternating sign.
    private static double BruteForce(double[][] points)
    {
        double volume = 0;
        for (int set = 1; set < 1 << points.Length; set++)
        {
            double[][] chosen = [.. points.Where((_, i) => (set >> i & 1) == 1)];
            double box = Enumerable.Range(0, points[0].Length).Aggregate(1.0, (product, o) => product * chosen.Min(point => point[o]));
            volume += chosen.Length % 2 == 1 ? box : -box;
        }
        return volume;
    }
}
