using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A linear layer, its weights drawn from a <see cref="RandomStream"/>: uniform in +-1/sqrt(inFeatures), PyTorch's default, and bias 0,
/// as in the code of Huang et al. 2021.
/// </summary>
public sealed class LinearLayer : nn.Module<Tensor, Tensor>, IDrawnAtRandom
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    /// <summary>Creates the layer with weights of zero.</summary>
    /// <param name="inFeatures">Numbers it reads.</param>
    /// <param name="outFeatures">Numbers it writes.</param>
    /// <param name="hasBias">Whether it adds a learned number a feature.</param>
    public LinearLayer(int inFeatures, int outFeatures, bool hasBias = true)
        : base(nameof(LinearLayer))
    {
        weight = new Parameter(zeros(outFeatures, inFeatures));
        weight.DetachFromDisposeScope();
        if (hasBias)
        {
            bias = new Parameter(zeros(outFeatures));
            bias.DetachFromDisposeScope();
        }
        RegisterComponents();
    }

    /// <summary>(out, in).</summary>
    public Parameter Weight => weight;

    /// <summary>(out), or null.</summary>
    public Parameter? Bias => bias;

    /// <inheritdoc/>
    /// <remarks>
    /// Features of another type are taken in the type of the weights: in a network of short numbers the last layer may keep long ones.
    /// </remarks>
    public override Tensor forward(Tensor input)
    {
        if (input.dtype == weight.dtype)
            return nn.functional.linear(input, weight, bias);
        using Tensor converted = input.to(weight.dtype);
        return nn.functional.linear(converted, weight, bias);
    }

    /// <inheritdoc/>
    public void Draw(RandomStream stream)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double bound = 1 / Math.Sqrt(weight.shape[1]);
        weight.copy_(stream.Uniform([0], weight.shape).reshape(weight.shape).Times(2.0).Minus(1).Times(bound));
        bias?.zero_();
    }
}
