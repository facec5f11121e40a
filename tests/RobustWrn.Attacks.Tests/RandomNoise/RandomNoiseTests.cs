using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Random points of the ball: where they lie, and that the strongest is kept.</summary>
public sealed class RandomNoiseTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images =
        RandomStream.From(6).Uniform([0, 1, 2, 3, 4, 5], [3, 5, 5], ScalarType.Float64).Times(0.6).Plus(0.2);

    private readonly Tensor _labels = zeros(6, ScalarType.Int64);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Perturb_Linf_PutsEveryPixelAtAnEndOfItsInterval()
    {
        Tensor moved = new RandomNoise { Draws = 40 }.Perturb(Context(Far(), ThreatModel.Linf(0.05))) - _images;
        Assert.True((moved.abs().Minus(0.05)).abs().max().item<double>() < 1e-12);
        Assert.False(moved[0].eq(moved[1]).all().item<bool>(), "every image draws its own");
    }

    [Fact]
    public void Perturb_MoreDraws_FindTheStrongestOfThem()
    {
        LinearModel model = Far();
        AttackContext context = Context(model, ThreatModel.L2(0.5));
        Tensor one = Score(model, new RandomNoise { Draws = 1 }.Perturb(context));
        Tensor all = Score(model, new RandomNoise { Draws = 40 }.Perturb(context));
        Tensor each = stack([.. Enumerable.Range(0, 40).Select(draw => Score(model,
            context.Threat.Project(new SurfaceStart().From(context, context.Noise.For("draw").At(draw)), _images)))], 0).amax([0]);
        Assert.True(all.ge(one).all().item<bool>());
        Assert.True((all - maximum(each, Score(model, _images))).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void Perturb_Source_IsWhereItDraws()
    {
        Tensor moved = new RandomNoise { Draws = 1, Source = new RandomStart() }.Perturb(Context(Far(), ThreatModel.Linf(0.05))) - _images;
        Assert.InRange(moved.abs().mean().item<double>(), 0, 0.04); // not at the ends
    }

    /// <summary>Each image drops out at its first success, and is not asked about again.</summary>
    [Fact]
    public void Perturb_FirstDrawFools_AsksNoMore()
    {
        // Class 1 wins wherever the first pixel is not exactly as it was.
        Tensor first = _images.select(1, 0).select(1, 0).select(1, 0).clone();
        using Counting model = new(new Lambda(images =>
        {
            Tensor moved = images.select(1, 0).select(1, 0).select(1, 0).Minus(0).sub(first).abs().sign();
            return stack([moved.Times(0).Plus(0.5), moved], 1);
        }));

        Tensor found = new RandomNoise { Draws = 40 }.Perturb(Context(model, ThreatModel.Linf(0.05)));

        Assert.Equal(6, model.call(found).argmax(1).sum().item<long>());
        // Unchanged, the first draw, its confirmation, and the line above.
        Assert.InRange(model.Images, 12, 24);
    }

    private AttackContext Context(nn.Module<Tensor, Tensor> model, ThreatModel threat) => new(model, _images, _labels, threat);

    private static LinearModel Far()
    {
        Tensor weights = RandomStream.From(8).Normal([0], [75], ScalarType.Float64)[0];
        return new LinearModel(stack([zeros_like(weights), weights]), tensor(new double[] { 0, -1_000 }));
    }

    private static Tensor Score(LinearModel model, Tensor images) => model.call(images).select(1, 1);
}
