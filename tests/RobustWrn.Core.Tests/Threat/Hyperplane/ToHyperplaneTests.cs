using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The shortest moves onto a hyperplane in the box, against the authors' code, sorted sums of one row at a time, and optimality.</summary>
public sealed class ToHyperplaneTests : IDisposable
{
    private static readonly Dictionary<string, ThreatModel> Threats =
        new ThreatModel[] { ThreatModel.Linf(1), ThreatModel.L2(1), ThreatModel.L1(1) }.ToDictionary(threat => threat.Norm);

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, ScalarType> Cases() => new(
        from norm in Threats.Keys from dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64] select (norm, dtype));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [Trait("Category", VectorRun.Category)]
    [MemberData(nameof(Cases))]
    public void ToHyperplane_PublishedRows_MovesAsPublished(string norm, ScalarType dtype)
    {
        foreach (string name in (string[])["aa_fab_projections_37", "aa_fab_projections_192"])
        {
            using VectorCase vector = VectorCase.Open(name);
            Tensor points = vector["in.t"].to(dtype), normals = vector["in.w"].to(dtype), offsets = vector["in.b"].to(dtype);
            Tensor moves = Hyperplanes(norm).ToHyperplane(points, normals, (points * normals).sum(1) - offsets);
            vector.AssertMatches($"out.f64.{norm}", moves, inFloat32: dtype == ScalarType.Float32);
            if (dtype == ScalarType.Float32)
                vector.AssertMatches($"out.f32.{norm}", moves, inFloat32: true);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToHyperplane_RandomAndDegenerateRows_EqualsTheSortedSolution(string norm, ScalarType dtype)
    {
        (Tensor points, Tensor normals, Tensor values) = Rows(40, dtype);
        Tensor moves = Hyperplanes(norm).ToHyperplane(points, normals, values);
        double tolerance = dtype == ScalarType.Float64 ? 1e-12 : 3e-5;
        for (int row = 0; row < 40; row++)
        {
            double[] z = Numbers(points[row]), w = Numbers(normals[row]), expected = Sorted(norm, z, w, values[row].Number()), actual = Numbers(moves[row]);
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToHyperplane_AnyRows_StaysInTheBoxAndMeetsThePlaneOrTheCorner(string norm, ScalarType dtype)
    {
        (Tensor points, Tensor normals, Tensor values) = Rows(200, dtype);
        Tensor moves = Hyperplanes(norm).ToHyperplane(points, normals, values), moved = points.Plus(moves);
        Assert.True((moved.IsAtLeast(-1e-6) & moved.IsAtMost(1 + 1e-6)).all().item<bool>());
        Tensor left = values.Plus((normals * moves).sum(1));
        Tensor corner = where(normals.IsAbove(0).eq(values.IsAtLeast(0).unsqueeze(1)), zeros_like(points), ones_like(points));
        Tensor atCorner = (moved - corner).abs().FilledWhere(normals.IsEqualTo(0), 0).amax([1]).IsBelow(1e-6);
        double tolerance = dtype == ScalarType.Float64 ? 1e-12 : 1e-5;
        Assert.True((left.abs().IsBelow(tolerance) | atCorner).all().item<bool>());
        Assert.True(moves.FilledWhere(normals.IsEqualTo(0).logical_not(), 0).eq(zeros_like(moves)).all().item<bool>(), "pixels of slope 0 stay");
        Assert.InRange(atCorner.sum().item<long>(), 2, 150);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ToHyperplane_NoSlopeOrAlreadyThere_MovesNothing(string norm, ScalarType dtype)
    {
        Tensor points = RandomStream.From(2).Uniform([0, 1], [9], dtype), normals = RandomStream.From(3).Normal([0, 1], [9], dtype);
        Tensor flat = Hyperplanes(norm).ToHyperplane(points, zeros_like(normals), tensor(new[] { 0.5, -2 }).to(dtype));
        Tensor there = Hyperplanes(norm).ToHyperplane(points, normals, zeros(2, dtype));
        Assert.Equal(0, flat.abs().max().Number());
        Assert.Equal(0, there.abs().max().Number());
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void ToHyperplane_FarFromTheBox_IsTheValueOverTheDualNorm(string norm)
    {
        ThreatModel threat = Threats[norm];
        Tensor points = zeros([5, 20], ScalarType.Float64).Plus(0.5), normals = RandomStream.From(8).Normal([0, 1, 2, 3, 4], [20], ScalarType.Float64);
        Tensor values = tensor(new[] { 0.1, -0.2, 0.3, -0.05, 0.02 });
        Tensor moves = Hyperplanes(norm).ToHyperplane(points, normals, values);
        Assert.True((threat.Length(moves) - values.abs() / threat.DualNorm(normals)).abs().max().Number() < 1e-14);
    }

    private static IHyperplaneProjection Hyperplanes(string norm) => (IHyperplaneProjection)Threats[norm];

    // Rows with pixels at 0 and 1, slopes of 0, equal slopes, and planes that the box does not reach.
    private static (Tensor Points, Tensor Normals, Tensor Values) Rows(int count, ScalarType dtype)
    {
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        Tensor points = (RandomStream.From(5).Uniform(ids, [30], dtype).Times(1.6).Minus(0.3)).Clamped(0, 1);
        Tensor normals = RandomStream.From(6).Normal(ids, [30], dtype);
        normals = normals.FilledWhere(RandomStream.From(7).Uniform(ids, [30], dtype).IsBelow(0.1), 0);
        Tensor values = RandomStream.From(9).Normal(ids, [1], dtype).squeeze(1).Times(5);
        return (points, normals, values);
    }

    // One row at a time, by walking through the sorted breakpoints of the dual.
    private static double[] Sorted(string norm, double[] z, double[] w, double value)
    {
        double side = value >= 0 ? 1 : -1, left = Math.Abs(value);
        double[] room = [.. z.Zip(w, (p, s) => s == 0 ? 0 : s * side > 0 ? p : 1 - p)], move = new double[z.Length];
        if (norm == "l1")
        {
            foreach (int i in Enumerable.Range(0, z.Length).Where(i => w[i] != 0).OrderByDescending(i => Math.Abs(w[i])))
            {
                move[i] = Math.Min(room[i], left / Math.Abs(w[i]));
                left -= move[i] * Math.Abs(w[i]);
            }
        }
        else
        {
            double[] speed = [.. w.Select(s => norm == "linf" ? 1 : Math.Abs(s))];
            int[] order = [.. Enumerable.Range(0, z.Length).Where(i => w[i] != 0).OrderBy(i => room[i] / speed[i])];
            double rate = order.Sum(i => Math.Abs(w[i]) * speed[i]), level = double.PositiveInfinity;
            foreach (int i in order)
            {
                if (rate > 1e-12 && left / rate <= room[i] / speed[i])
                {
                    level = left / rate;
                    break;
                }
                left -= Math.Abs(w[i]) * room[i];
                rate -= Math.Abs(w[i]) * speed[i];
            }
            foreach (int i in order)
                move[i] = Math.Min(room[i], level * speed[i]);
        }
        return [.. move.Select((amount, i) => -amount * Math.Sign(w[i]) * side)];
    }

    private static double[] Numbers(Tensor row) => row.to(ScalarType.Float64).data<double>().ToArray();
}
