using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The nearest of several hyperplanes, |f_k - f_y| over the dual norm of w_k - w_y, which differs from norm to norm.</summary>
public sealed class NearestLinearizedBoundaryTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    // At the middle of the pixels the logits are 0, -1.2, -1 and -0.001; class 3 has the slopes of class 0, so no boundary with it.
    private readonly LinearModel _model = new(
        tensor(new double[,] { { 0.5, 0, 0, 0 }, { 1.5, 1, 1, 1 }, { 2.5, 0, 0, 0 }, { 0.5, 0, 0, 0 } }),
        tensor(new double[] { -0.25, -1.2 - 2.25, -1 - 1.25, -0.001 - 0.25 }));

    private readonly Tensor _image = zeros([1, 1, 2, 2], ScalarType.Float64).Plus(0.5);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("linf", 1, 1.2 / 4)]
    [InlineData("l2", 2, 1.0 / 2)]
    [InlineData("l1", 2, 1.0 / 2)]
    public void At_SeveralHyperplanes_IsTheNearestInTheNorm(string norm, int nearest, double distance)
    {
        ThreatModel threat = FabTests.Threat(norm, 1);
        using AttackedModel model = Attacked(threat);

        NearestLinearizedBoundary found = NearestLinearizedBoundary.At(
            _image, model, CompetingClasses.All(zeros(1, ScalarType.Int64), 4), threat);

        double[] normal = FabTests.Numbers(found.Normals), expected = nearest == 1 ? [1, 1, 1, 1] : [2, 0, 0, 0];
        Assert.InRange(normal.Max(Math.Abs), 1, 2);
        Assert.All(normal.Zip(expected), pair => Assert.Equal(pair.Second / expected[0], pair.First / normal[0], 1e-12));
        Assert.Equal(-distance, found.Values.item<double>() / threat.DualNorm(found.Normals).item<double>(), 1e-12);
        Assert.True((found.Logits - _model.call(_image)).abs().max().item<double>() < 1e-12);
    }

    /// <summary>A boundary without a slope is none, unless the point lies on it.</summary>
    [Theory]
    [InlineData(-0.001, 1)]
    [InlineData(0.0, 0)]
    public void At_ClassWithTheSlopesOfTheLabel_IsOutOfReachUnlessItTies(double lead, double slope)
    {
        using LinearModel model = new(
            tensor(new double[,] { { 1, 0 }, { 1, 0 }, { 0, 1 } }), tensor(new double[] { 0, lead, -0.4 }));
        Tensor image = zeros([1, 1, 1, 2], ScalarType.Float64).Plus(0.5);
        using AttackedModel attacked = new(new AttackContext(model, image, zeros(1, ScalarType.Int64), ThreatModel.L2(1)));

        NearestLinearizedBoundary found = NearestLinearizedBoundary.At(
            image, attacked, CompetingClasses.All(zeros(1, ScalarType.Int64), 3), ThreatModel.L2(1));

        Assert.Equal(slope, found.Normals.abs().max().item<double>(), 1e-12);
    }

    /// <summary>Each point has its own, whatever others there are beside it.</summary>
    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void At_ManyPoints_IsThatOfEachAlone(string norm)
    {
        using LinearModel model = FabTests.FiveClasses(ScalarType.Float64);
        Tensor images = FabTests.Images(6, ScalarType.Float64), labels = model.call(images).argmax(1);
        ThreatModel threat = FabTests.Threat(norm, 1);
        using AttackedModel attacked = new(new AttackContext(model, images, labels, threat));
        CompetingClasses rivals = CompetingClasses.All(labels, 5);

        NearestLinearizedBoundary all = NearestLinearizedBoundary.At(images, attacked, rivals, threat);

        Tensor weights = model.Weight.unsqueeze(0) - model.Weight.index_select(0, labels).unsqueeze(1), logits = model.call(images);
        Tensor gaps = logits.gather(1, labels.unsqueeze(1)) - logits;
        Tensor dual = norm switch { "linf" => weights.abs().sum(2), "l2" => weights.Squared().sum(2).sqrt(), _ => weights.abs().amax([2]) };
        Tensor least = (gaps / dual).FilledWhere(dual.IsEqualTo(0), double.PositiveInfinity).amin([1]);
        Assert.True((all.Values.abs() / threat.DualNorm(all.Normals) - least).abs().max().item<double>() < 1e-12);
        for (int i = 0; i < 6; i++)
        {
            Tensor row = tensor(new long[] { i });
            NearestLinearizedBoundary alone =
                NearestLinearizedBoundary.At(images.index_select(0, row), attacked, rivals.Select(row), threat);
            Assert.True((alone.Normals[0] - all.Normals[i]).abs().max().item<double>() < 1e-12, $"point {i}");
        }
    }

    private AttackedModel Attacked(ThreatModel threat) => new(new AttackContext(_model, _image, zeros(1, ScalarType.Int64), threat));
}
