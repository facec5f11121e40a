using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Random noise and transfer: what they must find, and what they must not claim.</summary>
public sealed class BaselineTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = RandomStream.From(6).Uniform([0, 1, 2, 3, 4, 5], [3, 5, 5], ScalarType.Float64).Times(0.6).Plus(0.2);
    private readonly Tensor _labels = zeros(6, ScalarType.Int64);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void RandomNoise_Linf_PutsEveryPixelAtAnEndOfItsInterval()
    {
        Tensor moved = new RandomNoise { Draws = 40 }.Perturb(Context(Far(), ThreatModel.Linf(0.05))) - _images;
        Assert.True((moved.abs().Minus(0.05)).abs().max().item<double>() < 1e-12);
        Assert.False(moved[0].eq(moved[1]).all().item<bool>(), "every image draws its own");
    }

    [Fact]
    public void RandomNoise_MoreDraws_FindTheStrongestOfThem()
    {
        LinearModel model = Far();
        AttackContext context = Context(model, ThreatModel.L2(0.5));
        Tensor one = Score(model, new RandomNoise { Draws = 1 }.Perturb(context)), all = Score(model, new RandomNoise { Draws = 40 }.Perturb(context));
        Tensor each = stack([.. Enumerable.Range(0, 40).Select(draw => Score(model,
            context.Threat.Project(new SurfaceStart().From(context, context.Noise.For("draw").At(draw)), _images)))], 0).amax([0]);
        Assert.True(all.ge(one).all().item<bool>());
        Assert.True((all - maximum(each, Score(model, _images))).abs().max().item<double>() < 1e-12);
    }

    [Fact]
    public void RandomNoise_Source_IsWhereItDraws()
    {
        Tensor moved = new RandomNoise { Draws = 1, Source = new RandomStart() }.Perturb(Context(Far(), ThreatModel.Linf(0.05))) - _images;
        Assert.InRange(moved.abs().mean().item<double>(), 0, 0.04); // not at the ends
    }

    [Fact]
    public void Transfer_SurrogateThatAgrees_FoolsTheModelAsTheAttackItselfDoes()
    {
        using LinearModel model = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64), twin = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64);
        AttackContext context = Context(model, ThreatModel.Linf(0.1)) with { Labels = model.call(_images).argmax(1) };
        Tensor itself = new Pgd().Perturb(context), transferred = new Transfer().Perturb(context with { Surrogate = twin });
        Assert.True(transferred.eq(itself).all().item<bool>());
        Assert.True(model.Calls > 0 && twin.Calls >= 20);
    }

    [Fact]
    public void Transfer_SurrogateThatDisagrees_LeavesTheImagesItMakesNoStronger()
    {
        using LinearModel model = Far(), contrary = new(-model.Weight, zeros(2, ScalarType.Float64));
        Tensor moved = new Transfer().Perturb(Context(model, ThreatModel.Linf(0.05)) with { Surrogate = contrary });
        Assert.True(moved.eq(_images).all().item<bool>(), "what lowers the margin of the model is no attack on it");
    }

    [Fact]
    public void Transfer_NoSurrogate_SaysWhereItComesFrom()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => new Transfer().Perturb(Context(Far(), ThreatModel.Linf(0.05))));
        Assert.Contains("Surrogate = otherModel", refusal.Message);
    }

    private AttackContext Context(nn.Module<Tensor, Tensor> model, ThreatModel threat) => new(model, _images, _labels, threat);

    private static LinearModel Far()
    {
        Tensor weights = RandomStream.From(8).Normal([0], [75], ScalarType.Float64)[0];
        return new LinearModel(stack([zeros_like(weights), weights]), tensor(new double[] { 0, -1_000 }));
    }

    private static Tensor Score(LinearModel model, Tensor images) => model.call(images).select(1, 1);
}
