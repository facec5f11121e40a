using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model that takes two steps towards what it is surer of before it answers.</summary>
internal sealed class PurifyingModel : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> inner;

    /// <param name="inner">The model.</param>
    /// <param name="named">Whether it is registered as a part.</param>
    public PurifyingModel(nn.Module<Tensor, Tensor> inner, bool named)
        : base(nameof(PurifyingModel))
    {
        this.inner = inner;
        if (named)
            register_module("inner", inner);
    }

    public override Tensor forward(Tensor input)
    {
        using IDisposable guard = enable_grad();
        Tensor point = input;
        for (int step = 0; step < 2; step++)
        {
            Tensor leaf = point.detach().requires_grad_();
            Tensor certainty = nn.functional.log_softmax(inner.call(leaf), 1).amax([1]).sum();
            point = point.Plus(autograd.grad([certainty], [leaf])[0].sign().Times(1.0 / 255));
        }
        return inner.call(point);
    }

    // The part belongs to others.
    protected override void Dispose(bool disposing)
    {
    }
}
