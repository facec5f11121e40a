using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// One learned slope, or one a channel, under the name of TorchSharp's module, which loses the number that it begins with (see
/// <see cref="ScalarArithmetic"/>).
/// </summary>
internal sealed class PReluModule : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;

    public PReluModule(long slopes, double slope)
        : base("PReLU")
    {
        using DisposeScope scope = NewDisposeScope();
        weight = new Parameter(zeros(slopes).FilledLike(slope));
        weight.DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => input.prelu(weight);
}
