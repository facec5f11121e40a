using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// An activation without learned numbers, as a function of <see cref="ScalarArithmetic"/>: TorchSharp 0.107's own modules of ELU,
/// leaky ReLU, Mish and softplus lose their numbers to the garbage collector like any implicit <see cref="Scalar"/>.
/// </summary>
internal sealed class ElementwiseModule(string name, Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(name)
{
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return function(input).MoveToOuterDisposeScope();
    }
}
