using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A layer of a <see cref="DenseNet"/>: normalisation, activation, 1x1 convolution, normalisation, activation, 3x3 convolution;
/// its output goes before the channels it read.
/// </summary>
internal sealed class DenseLayer : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> bn1, act1;
    private readonly ConvolutionLayer conv1;
    private readonly nn.Module<Tensor, Tensor> bn2, act2;
    private readonly ConvolutionLayer conv2;

    public DenseLayer(DenseNetSpec spec, int channels)
        : base(nameof(DenseLayer))
    {
        int inner = Inner(spec);
        bn1 = spec.FeatureNormalization.Build(channels);
        act1 = spec.Activation.Build(channels);
        conv1 = new ConvolutionLayer(channels, inner, kernel: 1);
        bn2 = spec.FeatureNormalization.Build(inner);
        act2 = spec.Activation.Build(inner);
        conv2 = new ConvolutionLayer(inner, spec.Growth, kernel: 3);
        RegisterComponents();
    }

    public static FeatureMap Trace(DenseNetSpec spec, CostTrace trace, FeatureMap input)
    {
        FeatureMap Activated(FeatureMap map) => spec.Activation.Trace(trace, spec.FeatureNormalization.Trace(trace, map));
        FeatureMap inner = trace.Convolution(Activated(input), Inner(spec), 1);
        return trace.Concatenate([trace.Convolution(Activated(inner), spec.Growth, 3), input]);
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = conv1.call(act1.call(bn1.call(input)));
        return cat([conv2.call(act2.call(bn2.call(inner))), input], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The second normalisation is folded. The first is not: it stands before an activation, and the channels it reads go on unchanged.
    /// </summary>
    public Func<Tensor, Tensor> Freeze(Folding folding)
    {
        Func<Tensor, Tensor> normalize = folding.Normalization(bn1, ChannelAffine.Identity(0)), activate = Folding.Activation(act1);
        Func<Tensor, Tensor> layers = Folding.InOrder(normalize, activate, folding.Convolution(conv1, bn2, act2), folding.Convolution(conv2));
        return features =>
        {
            using DisposeScope scope = NewDisposeScope();
            return cat([layers(features), features], 1).MoveToOuterDisposeScope();
        };
    }

    private static int Inner(DenseNetSpec spec) => checked(spec.BottleneckFactor * spec.Growth);
}
