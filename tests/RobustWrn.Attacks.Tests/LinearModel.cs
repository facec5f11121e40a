using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Logits that are linear in the pixels, so that every attack has a closed form.</summary>
internal sealed class LinearModel : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight, _bias;

    /// <param name="weights">(classes, pixels).</param>
    /// <param name="biases">(classes).</param>
    public LinearModel(Tensor weights, Tensor biases)
        : base(nameof(LinearModel))
    {
        _weight = nn.Parameter(weights.DetachFromDisposeScope());
        _bias = nn.Parameter(biases.DetachFromDisposeScope());
        RegisterComponents();
    }

    public int Calls { get; private set; }

    public Tensor Weight => _weight;

    /// <summary>The same number of weights of alternating sign for class 1, none for class 0; class 1 wins where w.x + shift is positive.</summary>
    public static LinearModel TwoClasses(int pixels, double shift = 0, ScalarType dtype = ScalarType.Float32)
    {
        Tensor w = ScalarArithmetic.Counting(pixels).to(ScalarType.Float64).sin().Plus(0.1);
        return new LinearModel(stack([zeros_like(w), w]).to(dtype), tensor(new double[] { 0, shift }).to(dtype));
    }

    public override Tensor forward(Tensor input)
    {
        Calls++;
        using Tensor flat = input.flatten(1);
        return nn.functional.linear(flat, _weight, _bias);
    }
}
