using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>On a linear model the gradient of cross-entropy is the weights times the probability of the other class, so FOSC is known everywhere in the ball.</summary>
public sealed class FoscTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = RandomStream.From(4).Uniform([0, 1, 2, 3, 4], [3, 4, 4], ScalarType.Float64).Times(0.6).Plus(0.2);
    private readonly Tensor _labels = zeros(5, ScalarType.Int64);

    public static TheoryData<double, double> PlacesAndScales() => new()
    {
        { 1, 1 }, { 0, 1 }, { -1, 1 }, { 0.3, 1 },
        // Where the model is sure the gradient is tiny: the dual norm must not drown in what threats add to lengths.
        { 0, 1e-13 }, { 1, 1e-13 },
    };

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(PlacesAndScales))]
    public void Measure_LinearModel_IsWhatTheRestOfTheWayWouldBring(double place, double scale)
    {
        foreach ((ThreatModel threat, float dual) in new (ThreatModel, float)[] { (ThreatModel.Linf(0.1), 1), (ThreatModel.L2(0.1), 2) })
        {
            Tensor w = LinearModel.TwoClasses(3 * 4 * 4, dtype: ScalarType.Float64).Weight[1].Times(scale);
            using LinearModel model = new(stack([zeros_like(w), w]), zeros(2, ScalarType.Float64));
            // The label is 0: the loss rises along the weights. At place 1 the attack is at its best point, at -1 at its worst.
            Tensor moved = _images.Plus(threat.SteepestDirection(w.Over(scale).reshape(1, 3, 4, 4)).Times(threat.Epsilon * place));

            double[] found = [.. new Fosc().Measure(model, new ImagePairs(_images, moved, _labels, threat))];

            double[] logits = [.. model.call(moved).select(1, 1).data<double>()];
            double length = w.norm(dual).Number();
            for (int i = 0; i < 5; i++)
            {
                double slope = length / (1 + Math.Exp(-logits[i]));
                Assert.Equal((1 - place) * threat.Epsilon * slope, found[i], 1e-9 * slope);
            }
        }
    }

    [Fact]
    public void Measure_AttackThatConverges_FallsToZero()
    {
        using AttackVectorCase vector = new("attack_fgsm");
        LinfThreat threat = ThreatModel.Linf(2, outOf: 255);
        double[] means = [.. new[] { 1, 5, 40 }.Select(steps =>
        {
            Tensor moved = new Pgd { Steps = steps, StepSize = threat.Epsilon / 8, Start = new CleanStart() }.Perturb(vector.Context(threat));
            return SampleSummary.Of(new Fosc().Measure(vector.Model, new ImagePairs(vector.Images, moved, vector.Labels, threat)).AsSpan()).Mean;
        })];
        Assert.True(means[1] < means[0] && means[2] < 0.2 * means[0], string.Join(' ', means));
    }

    [Fact]
    public void Measure_LossThatNeedsCleanLogits_GetsThem()
    {
        using LinearModel model = LinearModel.TwoClasses(3 * 4 * 4, dtype: ScalarType.Float64);
        // KL is flat where x' = x.
        ValueList<double> found = new Fosc { Loss = new KullbackLeibler() }.Measure(model, new ImagePairs(_images, _images, _labels, ThreatModel.Linf(0.1)));
        Assert.All(found, value => Assert.Equal(0, value, 1e-12));
    }

    [Fact]
    public void Measure_GradientNotFinite_SaysSo()
    {
        Lambda model = new(images => (images - images).sqrt().Times(0).flatten(1).Plus(images.flatten(1)));
        Assert.Throws<NonFiniteGradientException>(() => new Fosc().Measure(model, new ImagePairs(_images, _images, _labels, ThreatModel.Linf(0.1))));
    }
}
