using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class DeepFoolTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("linf", ScalarType.Float64)]
    [InlineData("l2", ScalarType.Float64)]
    [InlineData("linf", ScalarType.Float32)]
    [InlineData("l2", ScalarType.Float32)]
    public void Minimize_AffineClassifierAwayFromTheBox_GoesTheOvershootBeyondTheNearestHyperplane(string norm, ScalarType dtype)
    {
        using LinearModel model = FabTests.FiveClasses(dtype);
        Tensor images = FabTests.Images(8, dtype).Times(0.1).Plus(0.45), logits = model.call(images), labels = logits.argmax(1);
        ThreatModel threat = FabTests.Threat(norm, 1);
        // |f| / |w| in the dual norm, the least over the other classes.
        Tensor weights = model.Weight.unsqueeze(0) - model.Weight.index_select(0, labels).unsqueeze(1);
        Tensor dual = norm == "linf" ? weights.abs().sum(2) : weights.Squared().sum(2).sqrt();
        Tensor expected = ((logits.gather(1, labels.unsqueeze(1)) - logits) / dual).FilledWhere(dual.IsEqualTo(0), double.PositiveInfinity).amin([1]).Times(1.02);

        using MinimalPerturbations found = new DeepFool().Minimize(new AttackContext(model, images, labels, threat));

        double largest = ((found.Distances - expected) / expected).abs().max().Number();
        Assert.True(largest < (dtype == ScalarType.Float64 ? 1e-12 : 1e-4), $"{largest:g3} off");
        Assert.Equal(8, model.call(found.Images).argmax(1).ne(labels).sum().item<long>());
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Minimize_AffineClassifierAtTheBox_ComesAsNearAsTheBoxAllows(string norm)
    {
        using LinearModel model = FabTests.FiveClasses(ScalarType.Float64);
        Tensor images = FabTests.Images(8, ScalarType.Float64), labels = model.call(images).argmax(1);
        ThreatModel threat = FabTests.Threat(norm, 1);
        double[] expected = FabTests.NearestBoundaries(model, images, labels, threat);
        using MinimalPerturbations found = new DeepFool().Minimize(new AttackContext(model, images, labels, threat));
        double[] distances = FabTests.Numbers(found.Distances);
        for (int i = 0; i < 8; i++)
            Assert.InRange(distances[i] / expected[i], 1, 1.05); // it takes the nearest boundary of the whole space, which need not be the nearest in the box
    }

    [Fact]
    public void Minimize_FewerClasses_LooksAtTheLargestLogitsOnly()
    {
        // Class 2 has the nearer boundary, class 1 the larger logit.
        using LinearModel model = new(tensor(new double[,] { { 0, 0 }, { 0.1, 0 }, { 0, 10 } }), tensor(new[] { 0.1, 0, -5.5 }));
        Tensor images = zeros([1, 1, 1, 2], ScalarType.Float64).Plus(0.5);
        AttackContext context = new(model, images, zeros(1, ScalarType.Int64), ThreatModel.L2(1));
        using MinimalPerturbations all = new DeepFool().Minimize(context), two = new DeepFool { Classes = 2 }.Minimize(context);
        Assert.Equal(0.06 * 1.02, all.Distances.Number(), 1e-12);
        Assert.Equal(double.PositiveInfinity, two.Distances.Number()); // 0.1 x = 0.1 at x = 1, the end of the box
    }

    [Fact]
    public void Minimize_CurvedBoundary_StepsUntilTheModelErrs()
    {
        // Class 1 wins outside of a circle of radius 0.3 around the middle.
        int calls = 0;
        Lambda model = new(images =>
        {
            calls++;
            Tensor score = images.flatten(1).Minus(0.5).Squared().sum(1).Minus(0.09);
            return stack([zeros_like(score), score], 1);
        });
        Tensor images = tensor(new[] { 0.55, 0.5, 0.7, 0.5 }).reshape(2, 1, 1, 2), labels = zeros(2, ScalarType.Int64);
        using MinimalPerturbations found = new DeepFool().Minimize(new AttackContext(model, images, labels, ThreatModel.L2(1)));
        Assert.Equal(2, model.call(found.Images).argmax(1).sum().item<long>());
        Assert.InRange(found.Distances[1].Number(), 0.1, 0.13);
        Assert.True(calls > 3, "a curved boundary takes more than one step");
    }
}
