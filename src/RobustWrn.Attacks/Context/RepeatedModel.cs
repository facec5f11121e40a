using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A randomised model whose gradients are wanted as means over several passes: <see cref="AttackedModel"/> unwraps it. It owns nothing.</summary>
internal sealed class RepeatedModel(nn.Module<Tensor, Tensor> inner, int draws, CancellationToken cancellationToken) : nn.Module<Tensor, Tensor>(nameof(RepeatedModel))
{
    /// <summary>The model.</summary>
    public nn.Module<Tensor, Tensor> Inner { get; } = inner is RepeatedModel repeated ? repeated.Inner : inner;

    /// <summary>How many passes one gradient is the mean of.</summary>
    public int Draws { get; } = inner is RepeatedModel repeated ? checked(draws * repeated.Draws) : draws;

    /// <summary>Called between the passes of one gradient.</summary>
    public void ThrowIfCancelled() => cancellationToken.ThrowIfCancellationRequested();

    /// <inheritdoc/>
    public override Tensor forward(Tensor input) => Inner.call(input);
}
