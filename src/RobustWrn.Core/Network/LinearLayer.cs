using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A linear layer with bias, its weights drawn from a <see cref="RandomStream"/>: uniform in +-1/sqrt(inFeatures), PyTorch's default, and bias 0, as in the
/// code of Huang et al. 2021.
/// </summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>, IDrawnAtRandom
{
    private readonly Parameter weight, bias;

    /// <summary>Creates the layer with weights of zero.</summary>
    public LinearLayer(int inFeatures, int outFeatures)
        : base(nameof(LinearLayer))
    {
        weight = new Parameter(zeros(outFeatures, inFeatures));
        bias = new Parameter(zeros(outFeatures));
        weight.DetachFromDisposeScope();
        bias.DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);

    /// <inheritdoc/>
    public void Draw(RandomStream stream)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double bound = 1 / Math.Sqrt(weight.shape[1]);
        weight.copy_(stream.Uniform([0], weight.shape).reshape(weight.shape).Times(2.0).Minus(1).Times(bound));
        bias.zero_();
    }
}
