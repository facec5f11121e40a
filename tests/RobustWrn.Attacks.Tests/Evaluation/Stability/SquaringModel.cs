using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A layer that has a matrix of weights but is not linear.</summary>
internal sealed class SquaringModel : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight = nn.Parameter(ones(4, 4));

    public SquaringModel()
        : base(nameof(SquaringModel)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        using Tensor square = input.Squared(), sum = weight.sum();
        return square * sum;
    }
}
