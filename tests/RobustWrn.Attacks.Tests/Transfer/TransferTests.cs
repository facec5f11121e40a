using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Images found on a surrogate: what they must be, and what is not claimed of them.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images =
        RandomStream.From(6).Uniform([0, 1, 2, 3, 4, 5], [3, 5, 5], ScalarType.Float64).Times(0.6).Plus(0.2);

    private readonly Tensor _labels = zeros(6, ScalarType.Int64);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Perturb_SurrogateThatAgrees_FoolsTheModelAsTheAttackItselfDoes()
    {
        using LinearModel model = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64),
            twin = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64);
        AttackContext context = Context(model, ThreatModel.Linf(0.1)) with { Labels = model.call(_images).argmax(1) };
        Tensor itself = new Pgd().Perturb(context), transferred = new Transfer().Perturb(context with { Surrogate = twin });
        Assert.True(transferred.eq(itself).all().item<bool>());
        Assert.True(model.Calls > 0 && twin.Calls >= 20);
    }

    [Fact]
    public void Perturb_SurrogateThatDisagrees_LeavesTheImagesItMakesNoStronger()
    {
        using LinearModel model = Far(), contrary = new(-model.Weight, zeros(2, ScalarType.Float64));
        Tensor moved = new Transfer().Perturb(Context(model, ThreatModel.Linf(0.05)) with { Surrogate = contrary });
        Assert.True(moved.eq(_images).all().item<bool>(), "what lowers the margin of the model is no attack on it");
    }

    [Fact]
    public void Perturb_NoSurrogate_SaysWhereItComesFrom()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new Transfer().Perturb(Context(Far(), ThreatModel.Linf(0.05))));
        Assert.Contains("Surrogate = otherModel", refusal.Message);
    }

    /// <summary>Of a model without gradients nothing but logits is asked, and each image is the surrogate's or the clean one.</summary>
    [Fact]
    public void Perturb_ModelWithoutGradients_GetsTheImagesOfTheSurrogateThatFoolIt()
    {
        using LinearModel twin = LinearModel.TwoClasses(75, shift: -1, ScalarType.Float64);
        // The twin's logits, moved against class 1, in steps of a hundredth and without a graph.
        using Lambda model = new(images =>
        {
            using IDisposable guard = no_grad();
            Tensor logits = twin.call(images);
            Tensor score = (logits.select(1, 1).Minus(0.2).Times(100)).round().Times(0.01);
            return stack([logits.select(1, 0), score], 1);
        });
        Tensor labels = model.call(_images).argmax(1);
        AttackContext context = Context(model, ThreatModel.Linf(0.03)) with { Labels = labels, Surrogate = twin };
        Tensor onTwin = new Pgd().Perturb(context with { Model = twin, Surrogate = null });

        Tensor found = new Transfer().Perturb(context);

        Assert.Throws<InvalidOperationException>(() => new Pgd().Perturb(context));
        for (int i = 0; i < 6; i++)
        {
            bool right = model.call(onTwin[i].unsqueeze(0)).argmax(1).item<long>() == labels[i].item<long>();
            Tensor expected = right && !Stronger(model, onTwin[i], _images[i], labels[i].item<long>()) ? _images[i] : onTwin[i];
            Assert.True(found[i].eq(expected).all().item<bool>(), $"image {i}");
        }
    }

    private static bool Stronger(Lambda model, Tensor moved, Tensor clean, long label)
    {
        Tensor logits = model.call(stack([moved, clean], 0)), margins = logits.select(1, 1 - label) - logits.select(1, label);
        return margins[0].item<double>() > margins[1].item<double>();
    }

    private AttackContext Context(nn.Module<Tensor, Tensor> model, ThreatModel threat) => new(model, _images, _labels, threat);

    private static LinearModel Far()
    {
        Tensor weights = RandomStream.From(8).Normal([0], [75], ScalarType.Float64)[0];
        return new LinearModel(stack([zeros_like(weights), weights]), tensor(new double[] { 0, -1_000 }));
    }
}
