using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Logits are the pixels times a weight of 1, which has gradients.</summary>
internal sealed class Pixels : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _scale = new(ones(1, ScalarType.Float64));

    public Pixels()
        : base(nameof(Pixels)) => RegisterComponents();

    public override Tensor forward(Tensor input) => input.flatten(1) * _scale;
}
