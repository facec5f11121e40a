using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// What stands between two stages of a <see cref="DenseNet"/>: normalisation, activation, 1x1 convolution, 2x2 average pooling.
/// </summary>
internal sealed class DenseTransition : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> bn, act;
    private readonly ConvolutionLayer conv;

    public DenseTransition(DenseNetSpec spec, int channels, int outChannels)
        : base(nameof(DenseTransition))
    {
        bn = spec.FeatureNormalization.Build(channels);
        act = spec.Activation.Build(channels);
        conv = new ConvolutionLayer(channels, outChannels, kernel: 1);
        RegisterComponents();
    }

    public static FeatureMap Trace(DenseNetSpec spec, CostTrace trace, FeatureMap input, int outChannels) =>
        trace.AveragePoolApart(trace.Convolution(spec.Activation.Trace(trace, spec.FeatureNormalization.Trace(trace, input)), outChannels, 1), 2);

    /// <summary>
    /// The pooling comes first: a 1x1 convolution and a mean over pixels commute, and a quarter of the pixels are left to convolve.
    /// </summary>
    public Func<Tensor, Tensor> Freeze(Folding folding) => Folding.InOrder(
        folding.Normalization(bn, ChannelAffine.Identity(0)), Folding.Activation(act), features => nn.functional.avg_pool2d(features, 2), folding.Convolution(conv));

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return nn.functional.avg_pool2d(conv.call(act.call(bn.call(input))), 2).MoveToOuterDisposeScope();
    }
}
