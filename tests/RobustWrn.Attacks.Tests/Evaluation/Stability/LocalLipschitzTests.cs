using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A linear model has one Lipschitz constant, the dual norm of its weights, which the worst perturbation reaches.</summary>
public sealed class LocalLipschitzTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(3 * 4 * 4, dtype: ScalarType.Float64);
    private readonly Tensor _images = RandomStream.From(4).Uniform([0, 1, 2, 3, 4], [3, 4, 4], ScalarType.Float64).Times(0.6).Plus(0.2);
    private readonly Tensor _labels = zeros(5, ScalarType.Int64);

    private Tensor Weights => _model.Weight[1].reshape(3, 4, 4);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    public void Measure_LinearModelMovedTheSteepestWay_IsTheDualNormOfItsWeights(string norm)
    {
        IVectorNorm input = norm == "linf" ? VectorNorm.Linf : VectorNorm.L2;
        ThreatModel threat = norm == "linf" ? ThreatModel.Linf(0.1) : ThreatModel.L2(0.1);
        ImagePairs pairs = new(_images, _images.Plus(threat.SteepestDirection(Weights.unsqueeze(0)).Times(threat.Epsilon)), _labels, threat);
        double dual = _model.Weight[1].norm(norm == "linf" ? 1f : 2f).Number();

        // The logit of class 0 never moves, so all lengths of the difference agree.
        foreach (IVectorNorm output in (IVectorNorm[])[VectorNorm.L1, VectorNorm.L2, VectorNorm.Linf])
        {
            ValueList<double> constants = new LocalLipschitz { Output = new LogitDistance { Norm = output }, Input = input, Offset = 1e-12 }.Measure(_model, pairs);
            Assert.All(constants, constant => Assert.Equal(dual, constant, 1e-9 * dual));
        }
    }

    [Fact]
    public void Measure_LinearModelMovedAnyWay_NeverExceedsTheDualNorm()
    {
        double dual = _model.Weight[1].norm(1f).Number();
        for (int i = 0; i < 20; i++)
        {
            Tensor moved = ThreatModel.Linf(0.1).RandomStart(_images, RandomStream.From(i), [0, 1, 2, 3, 4]);
            // The offset shortens the way where every pixel that moved farthest went up.
            Assert.All(new LocalLipschitz { Offset = 1e-9 }.Measure(_model, new ImagePairs(_images, moved, _labels, ThreatModel.Linf(0.1))), constant => Assert.InRange(constant, 0, dual * (1 + 1e-6)));
        }
    }

    [Fact]
    public void Measure_ImageThatDidNotMove_IsZero() =>
        Assert.Equal([0, 0, 0, 0, 0], new LocalLipschitz().Measure(_model, new ImagePairs(_images, _images, _labels, ThreatModel.Linf(0.1))));

    [Fact]
    public void Measure_DivergenceOfTwoClasses_IsTheBinaryDivergence()
    {
        Tensor moved = _images.Plus(Weights.sign().Times(0.1));
        ImagePairs pairs = new(_images, moved, _labels, ThreatModel.Linf(0.1));

        ValueList<double> constants = new LocalLipschitz { Output = new PredictionDivergence(), Offset = 1e-12 }.Measure(_model, pairs);

        double[] before = [.. _model.call(_images).select(1, 1).data<double>()], after = [.. _model.call(moved).select(1, 1).data<double>()];
        for (int i = 0; i < 5; i++)
        {
            double p = Sigmoid(before[i]), q = Sigmoid(after[i]);
            Assert.Equal((p * Math.Log(p / q) + (1 - p) * Math.Log((1 - p) / (1 - q))) / 0.1, constants[i], 1e-9);
        }

        static double Sigmoid(double z) => 1 / (1 + Math.Exp(-z));
    }

    [Fact]
    public void Problems_WrongSettings_NamesEachOfThem()
    {
        LocalLipschitz wrong = new() { Output = new LogitDistance { Norm = null! }, Input = null!, Offset = 0 };
        Assert.Equal(
        [
            "Output.Norm: must be given, got null.",
            "Offset: must be a finite number above 0, got 0.",
            "Input: must be given, got null.",
        ], wrong.Problems().Select(problem => problem.ToString()));
        Assert.Throws<InvalidDescriptionException>(() => wrong.Measure(_model, new ImagePairs(_images, _images, _labels, ThreatModel.Linf(0.1))));
    }

    /// <summary>The lengths were words once.</summary>
    [Fact]
    public void Read_FileOfBefore_HasItsLengths()
    {
        const string former =
            """{"version":1,"type":"local-lipschitz","output":{"type":"logits","norm":"linf"},"input":"l2","offset":0.5}""";
        LocalLipschitz expected = new() { Output = new LogitDistance { Norm = VectorNorm.Linf }, Input = VectorNorm.L2, Offset = 0.5 };

        Assert.Equal(expected, DescriptionJson.Read<IPairMeasure>(former));
        Assert.Equal(expected, DescriptionJson.Read<IPairMeasure>(DescriptionJson.Write(expected)));
        Assert.Equal("local Lipschitz, Linf / L2", expected.Name);
    }
}
