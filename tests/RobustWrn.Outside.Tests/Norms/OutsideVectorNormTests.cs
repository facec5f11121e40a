using RobustWrn.Attacks;
using RobustWrn.Conformance.Measures;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>Measures take a length of vectors that is written outside the library, and files keep it.</summary>
public class OutsideVectorNormTests
{
    private static readonly LocalLipschitz Measure =
        new() { Input = new L4Norm(), Output = new LogitDistance { Norm = new L4Norm() }, Offset = 1e-12 };

    public static TheoryData<string> Clauses() => [.. MeasureContract.Clauses.Keys];

    [Theory]
    [MemberData(nameof(Clauses))]
    public void Measure_ByALengthOfSomebodyElse_KeepsTheContract(string clause) => MeasureContract.Clauses[clause](Measure);

    /// <summary>Moved the steepest way, the answer of a linear model moves by the dual norm of its weights, here that of p = 4/3.</summary>
    [Fact]
    public void Measure_LinearModelMovedTheSteepestWay_IsTheDualNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        L4Threat threat = new() { Epsilon = 0.01 };
        Tensor images = zeros([5, 1, 2, 2], ScalarType.Float64).Plus(0.5);
        Tensor weights = tensor(new[] { 1, -2, 0.5, 3 });
        using nn.Module<Tensor, Tensor> model = new Score(weights);
        Tensor moved = images.Plus(threat.SteepestDirection(weights.reshape(1, 1, 2, 2)).Times(threat.Epsilon));
        double dual = Math.Pow(weights.data<double>().Sum(weight => Math.Pow(Math.Abs(weight), 4.0 / 3)), 0.75);

        ValueList<double> constants = Measure.Measure(model, new ImagePairs(images, moved, zeros(5, ScalarType.Int64), threat));

        Assert.All(constants, constant => Assert.Equal(dual, constant, 1e-6 * dual));
    }

    private sealed class Score(Tensor weights) : nn.Module<Tensor, Tensor>(nameof(Score))
    {
        public override Tensor forward(Tensor input)
        {
            Tensor score = (input.flatten(1) * weights).sum(1);
            return stack([zeros_like(score), score], 1);
        }
    }
}
