using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class L1ThreatTests
{
    private static readonly L1Threat Ball = ThreatModel.L1(3);

    [Fact]
    [Trait("Category", VectorRun.Category)]
    public void Project_PublishedPerturbations_IsThePublishedProjection()
    {
        using VectorCase vector = VectorCase.Open("aa_l1_projection");
        using DisposeScope scope = NewDisposeScope();
        L1Threat ball = ThreatModel.L1(vector.Number("eps1"));
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32])
        {
            Tensor images = vector["in.x2"].to(dtype), move = vector["in.y2"].to(dtype);
            Tensor change = ball.Project(images.Plus(move), images) - images.Plus(move);
            vector.AssertMatches("out.f64.delta", change, inFloat32: dtype == ScalarType.Float32);
            if (dtype == ScalarType.Float32)
                vector.AssertMatches("out.f32.delta", change, inFloat32: true);
        }
    }

    [Fact]
    public void Project_AnyCandidate_IsTheNearestPointOfBallAndBox()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = Uniform(6, [2, 5, 5], ScalarType.Float64), candidates = images.Plus(Normal(6, [2, 5, 5], ScalarType.Float64).Times(0.4));

        Tensor projected = Ball.Project(candidates, images);

        // The nearest point z of a convex set is the one where <candidate - z, p - z> <= 0 for every p of the set. A linear function is largest
        // over ball and box where the radius is spent on the steepest values first, each up to the box.
        double[][] wish = Rows(candidates - projected), x = Rows(images), z = Rows(projected);
        for (int n = 0; n < wish.Length; n++)
        {
            double left = Ball.Epsilon, largest = 0;
            foreach (int i in Enumerable.Range(0, wish[n].Length).OrderByDescending(i => Math.Abs(wish[n][i])))
            {
                double spent = Math.Min(left, wish[n][i] > 0 ? 1 - x[n][i] : x[n][i]);
                (left, largest) = (left - spent, largest + spent * Math.Abs(wish[n][i]));
            }
            double here = Enumerable.Range(0, wish[n].Length).Sum(i => wish[n][i] * (z[n][i] - x[n][i]));
            Assert.InRange(largest - here, -1e-12, 1e-12);
        }
        Assert.InRange(Ball.Distance(projected, images).max().Number(), 3 - 1e-12, 3 + 1e-12);
        Assert.InRange(Ball.Distance(candidates, images).min().Number(), 3, 100);
    }

    [Fact]
    public void Project_InFloat32_IsInBallAndBoxAndNearlyIdempotent()
    {
        using DisposeScope scope = NewDisposeScope();
        L1Threat ball = ThreatModel.L1(12);
        Tensor images = Uniform(16, [3, 32, 32], ScalarType.Float32), candidates = images.Plus(Normal(16, [3, 32, 32], ScalarType.Float32));

        Tensor projected = ball.Project(candidates, images), again = ball.Project(projected, images);

        Assert.True(ball.Distance(projected, images).max().Number() <= ball.Epsilon + ball.Tolerance);
        Assert.InRange(projected.min().Number(), 0, 1);
        Assert.InRange(projected.max().Number(), 0, 1);
        // The radius is met however far the candidates are: they moved a thousand times as far.
        Assert.InRange(ball.Distance(projected.to(ScalarType.Float64), images.to(ScalarType.Float64)).min().Number(), ball.Epsilon - 2e-5, ball.Epsilon + 2e-5);
        Assert.InRange((again - projected).abs().max().Number(), 0, 1e-6);
    }

    [Fact]
    public void Project_SmallBallAroundManyValuesInFloat32_IsNotLeftByRounding()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = RandomStream.From(2).Uniform([0, 1, 2, 3], [3, 32, 32]);
        foreach (double far in (double[])[0.001, 0.01, 1])
        {
            Tensor candidates = images.Plus(RandomStream.From(3).Normal([0, 1, 2, 3], [3, 32, 32]).Times(far));
            Tensor moved = ThreatModel.L1(0.6).Project(candidates, images).to(ScalarType.Float64) - images.to(ScalarType.Float64);
            Assert.InRange(moved.abs().flatten(1).sum(1).max().Number(), 0.59, 0.6 + 1e-6);
        }
    }

    [Fact]
    public void Project_ImageItselfAndPointInside_StayWhereTheyAre()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = cat([Uniform(4, [1, 4, 4], ScalarType.Float64).Times(0.5).Plus(0.25), zeros(1, 1, 4, 4, ScalarType.Float64)]), inside = images.Plus(0.01);

        Assert.True(Ball.Project(images, images).Equals(images));
        Assert.True((Ball.Project(inside, images) - inside).abs().max().Number() < 1e-15);
    }

    [Fact]
    public void Project_OnlyOutOfTheBox_ComesBackToTheBoxAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = tensor(new double[] { 0.9, 0.1, 0.5, 0 }).reshape(1, 1, 2, 2), candidates = tensor(new double[] { 1.5, -0.2, 0.6, -1 }).reshape(1, 1, 2, 2);

        double[] projected = Ball.Project(candidates, images).data<double>().ToArray();

        Assert.Equal([1, 0, 0.6, 0], projected.Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void SteepestDirection_AnyGradient_IsTheSignOfItsLargestValue()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = tensor(new double[] { 0.1, -3, 2, 0, 0, 0, 0, 0, -1e-30, 0, 0, 0 }).reshape(3, 1, 2, 2);

        Assert.Equal([0, -1, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0], Ball.SteepestDirection(gradient).data<double>().ToArray());
    }

    [Fact]
    public void RandomStart_FarFromTheBox_IsUniformInTheBall()
    {
        using DisposeScope scope = NewDisposeScope();
        L1Threat ball = ThreatModel.L1(0.4);
        Tensor images = zeros([4000, 1, 1, 2], ScalarType.Float64).FilledLike(0.5);
        long[] examples = [.. Enumerable.Range(0, 4000).Select(i => (long)i)];

        Tensor start = ball.RandomStart(images, RandomStream.From(1), examples);

        // In two dimensions the share of a smaller ball is its radius squared, and each of the four sides is as likely as any other.
        double[] lengths = ball.Distance(start, images).data<double>().ToArray();
        Assert.InRange(lengths.Max(), 0.39, 0.4 + 1e-12);
        Assert.InRange(lengths.Count(length => length < 0.2) / 4000.0, 0.22, 0.28);
        double[][] moves = Rows(start - images);
        Assert.All((double[][])[[1, 1], [1, -1], [-1, 1], [-1, -1]], side =>
            Assert.InRange(moves.Count(move => move[0] * side[0] > 0 && move[1] * side[1] > 0) / 4000.0, 0.22, 0.28));
        // Along one side, too: the first value's share of the length is uniform.
        Assert.InRange(moves.Average(move => Math.Abs(move[0]) / (Math.Abs(move[0]) + Math.Abs(move[1]))), 0.47, 0.53);
    }

    [Fact]
    public void Distance_AnyPair_IsTheSumOfChangesPerExample()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = zeros(2, 1, 2, 2), moved = tensor(new float[] { 0.25f, 0, 0, -0.5f, 0, 0, 0, 0 }).reshape(2, 1, 2, 2);

        Assert.Equal([0.75f, 0], Ball.Distance(moved, images).data<float>().ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void L1_NotAFinitePositiveNumber_IsRefused(double epsilon)
    {
        Assert.StartsWith("epsilon must be a finite number above 0, got ", Assert.Throws<ArgumentOutOfRangeException>(() => ThreatModel.L1(epsilon)).Message);
        Assert.Single(new L1Threat { Epsilon = epsilon }.Problems());
    }

    private static Tensor Uniform(int count, long[] shape, ScalarType dtype) => RandomStream.From(8).Uniform(Ids(count), shape, dtype);

    private static Tensor Normal(int count, long[] shape, ScalarType dtype) => RandomStream.From(9).Normal(Ids(count), shape, dtype);

    private static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    private static double[][] Rows(Tensor images) => [.. Enumerable.Range(0, (int)images.shape[0]).Select(n => images[n].contiguous().data<double>().ToArray())];
}
