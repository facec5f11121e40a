using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class PerturbationStabilityTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Measure_KnownFlips_CountsUnchangedPredictionsRightOrWrong(int blockSize)
    {
        // Class 1 from 0.5 on. Stays 0; stays 1 though the label is 0; flips 0 to 1; flips 1 to 0.
        Lambda model = new(images => cat([images.flatten(1).Times(0).Plus(0.5), images.flatten(1)], 1));
        Tensor images = tensor(new[] { 0.1, 0.9, 0.45, 0.55 }).reshape(4, 1, 1, 1), moved = tensor(new[] { 0.2, 0.8, 0.55, 0.45 }).reshape(4, 1, 1, 1);
        ImagePairs pairs = new(images, moved, zeros(4, ScalarType.Int64), ThreatModel.Linf(0.11));

        Assert.Equal(new Proportion(2, 4), PerturbationStability.Measure(model, pairs, blockSize));
    }

    [Fact]
    public void Measure_PublishedAttack_CountsTheAuthorsStableImages()
    {
        using AttackVectorCase vector = new("attack_pgd_linf_20");
        ImagePairs pairs = new(vector.Images, vector.Case["out.f64.x_adv"], vector.Labels, ThreatModel.Linf(vector.Number("epsilon")));

        Assert.Equal(vector.Case["out.stable"].to(ScalarType.Int64).item<long>(), PerturbationStability.Measure(vector.Model, pairs).Hits);
    }
}
