using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A module of one function.</summary>
internal sealed class Lambda(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Lambda))
{
    public override Tensor forward(Tensor input) => function(input);
}
