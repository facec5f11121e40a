using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model whose logits grow a little each time it is asked.</summary>
internal sealed class DriftingModel : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _inner;
    private readonly Tensor _scale = ones(1).DetachFromDisposeScope();

    public DriftingModel(nn.Module<Tensor, Tensor> inner)
        : base(nameof(DriftingModel))
    {
        _inner = inner;
        register_buffer("scale", _scale);
    }

    public override Tensor forward(Tensor input)
    {
        using (no_grad())
            _scale.TimesInPlace(1.001);
        return _inner.call(input) * _scale.clone();
    }
}
