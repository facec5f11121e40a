using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model whose normalisation lies in an array, where TorchSharp does not see it, so that it goes on training.</summary>
internal sealed class HiddenNormalization : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _inner;
    private readonly BatchNorm2d[] _hidden = [nn.BatchNorm2d(3)];
    private readonly Tensor _asked = zeros(1).DetachFromDisposeScope();

    public HiddenNormalization(nn.Module<Tensor, Tensor> inner)
        : base(nameof(HiddenNormalization))
    {
        _inner = inner;
        register_buffer("asked", _asked);
    }

    public override Tensor forward(Tensor input)
    {
        using (no_grad())
            _asked.add_(ones(1));
        return _inner.call(_hidden[0].call(input).Times(0.15).Plus(0.5));
    }
}
