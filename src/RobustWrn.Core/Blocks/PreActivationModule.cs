using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The module of <see cref="PreActivationLayers"/>.</summary>
internal sealed class PreActivationModule : nn.Module<Tensor, Tensor>
{
    private readonly PreActivationLayers _layers;

    // Components register in the order of their fields, which is the published order of the state dict.
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> act1;
    private readonly ConvolutionLayer conv1;
    private readonly nn.Module<Tensor, Tensor> bn2;
    private readonly nn.Module<Tensor, Tensor> act2;
    private readonly StreamDropout? dropout;
    private readonly ConvolutionLayer conv2;
    private readonly SqueezeExcitation? se;
    private readonly ConvolutionLayer? convShortcut;

    public PreActivationModule(PreActivationLayers layers)
        : base(nameof(BasicBlock))
    {
        _layers = layers;
        BlockShape shape = layers.Shape;
        bn1 = shape.Normalization.Build(shape.InChannels);
        act1 = shape.Activation.Build(shape.InChannels);
        conv1 = new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 3, shape.Stride, padding: shape.Padding);
        bn2 = shape.Normalization.Build(shape.Width);
        act2 = shape.Activation.Build(shape.Width);
        dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
        conv2 = new ConvolutionLayer(shape.Width, shape.Width, kernel: 3, padding: shape.Padding) { StartsAtZero = shape.ZeroInitResidual };
        se = layers.Squeeze is null ? null : new SqueezeExcitation(layers.SqueezedChannels, layers.Squeezed, layers.Squeeze.Bias);
        convShortcut = layers.HasShortcutConvolution ? new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 1, shape.Stride, padding: shape.Padding) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor activated = act1.call(bn1.call(input));
        Tensor main = conv1.call(Excited(activated, SqueezePlacement.BeforeFirstConvolution));
        main = act2.call(bn2.call(Excited(main, SqueezePlacement.AfterFirstConvolution)));
        if (dropout is not null)
            main = dropout.call(main);
        main = Excited(conv2.call(main), SqueezePlacement.AfterSecondConvolution);
        Tensor shortcut = convShortcut is null ? input : convShortcut.call(_layers.ShortcutReadsActivation ? activated : input);
        return (main + shortcut).MoveToOuterDisposeScope();
    }

    private Tensor Excited(Tensor features, SqueezePlacement placement) => _layers.Placed(placement) ? se!.call(features) : features;
}
