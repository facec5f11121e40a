using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A classifier whose gradients and steering logits are wanted in bfloat16: <see cref="AttackedModel"/> unwraps it. It owns nothing.</summary>
internal sealed class BFloat16Search(Classifier inner) : nn.Module<Tensor, Tensor>(nameof(BFloat16Search))
{
    /// <summary>What a result says of attacks that searched so.</summary>
    public const string Notice = "Attacks searched in bfloat16; every success was confirmed in the model's own numbers. What only those would have found is missed, so robust accuracy may be a little too high.";

    /// <summary>The classifier.</summary>
    public Classifier Inner { get; } = inner;

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Inner.call(input);
}
