using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model that normalises by the statistics of its batch and keeps their mean, in training or not: as one whose batch norm lies in an array, where eval() does not reach it.</summary>
internal sealed class HiddenNormalization : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _inner;
    private readonly Tensor _running = zeros(3).DetachFromDisposeScope();

    public HiddenNormalization(nn.Module<Tensor, Tensor> inner)
        : base(nameof(HiddenNormalization))
    {
        _inner = inner;
        register_buffer("running", _running);
    }

    public override Tensor forward(Tensor input)
    {
        Tensor mean = input.mean([0, 2, 3], keepdim: true), centred = input - mean;
        using (no_grad())
            _running.TimesInPlace(0.9).PlusInPlace(mean.detach().flatten(), 0.1);
        return _inner.call((centred / centred.Squared().mean([0, 2, 3], keepdim: true).Plus(1e-5).sqrt()).Times(0.15).Plus(0.5));
    }
}
