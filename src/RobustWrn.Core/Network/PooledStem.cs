using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The stem of a <see cref="StemSpec"/> that pools, with the published names <c>0</c> (convolution) and <c>1</c> (normalisation).
/// </summary>
internal sealed class PooledStem : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "0")]
    private readonly ConvolutionLayer _convolution;

    [ComponentName(Name = "1")]
    private readonly nn.Module<Tensor, Tensor> _normalization;

    public PooledStem(ConvolutionLayer convolution, nn.Module<Tensor, Tensor> normalization)
        : base(nameof(PooledStem))
    {
        (_convolution, _normalization) = (convolution, normalization);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor features = _normalization.call(_convolution.call(input)).relu();
        return nn.functional.max_pool2d(features, 3, 2, 1).MoveToOuterDisposeScope();
    }

    public Func<Tensor, Tensor> Freeze(Folding folding)
    {
        Func<Tensor, Tensor> convolve = folding.Convolution(_convolution, _normalization);
        return images =>
        {
            using DisposeScope scope = NewDisposeScope();
            return nn.functional.max_pool2d(convolve(images).relu_(), 3, 2, 1).MoveToOuterDisposeScope();
        };
    }
}
