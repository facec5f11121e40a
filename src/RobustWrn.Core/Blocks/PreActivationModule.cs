using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The module of <see cref="PreActivationLayers"/>.</summary>
internal sealed class PreActivationModule : nn.Module<Tensor, Tensor>, IFollowableBlock
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
        return main.Plus(shortcut).MoveToOuterDisposeScope();
    }

    public BatchNorm? FirstNormalization => bn1 as BatchNorm;

    public bool KeepsInput => convShortcut is null;

    public bool ReadsRawInput => convShortcut is not null && !_layers.ShortcutReadsActivation;

    public Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output)
    {
        Func<Tensor, Tensor> normalize = folding.Normalization(bn1, input);
        Func<Tensor, Tensor> activate = Folding.Activation(act1, mayOverwrite: !ReadsRawInput);
        Func<Tensor, Tensor> first = _layers.Placed(SqueezePlacement.AfterFirstConvolution) ? ExcitedConvolution(folding) : folding.Convolution(conv1, bn2);
        Func<Tensor, Tensor> activateAgain = Folding.Activation(act2);
        // Gates scale what the second convolution writes, so the output's coordinates go into them.
        bool excitesLast = _layers.Placed(SqueezePlacement.AfterSecondConvolution);
        Func<Tensor, Tensor> second = folding.Convolution(conv2, excitesLast ? null : output.ScaleAlone());
        Tensor? gateScale = excitesLast && !output.IsIdentity ? folding.Row(output.Scale) : null;
        Func<Tensor, Tensor>? shortcut = convShortcut is null ? null : folding.Convolution(convShortcut, output, ReadsRawInput ? input : null);
        return features =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor activated = activate(normalize(features));
            Tensor main = activateAgain(first(Excited(activated, SqueezePlacement.BeforeFirstConvolution)));
            main = second(main);
            if (excitesLast)
            {
                Tensor gate = se!.Gate(main.mean([2, 3]));
                main = main * (gateScale is null ? gate : gate * gateScale);
            }
            Tensor aside = shortcut is null ? features : shortcut(ReadsRawInput ? features : activated);
            return main.PlusInPlace(aside).MoveToOuterDisposeScope();
        };
    }

    // Squeeze and excitation and group norms look at whole maps.
    public bool CanBeFollowed => se is null && bn1 is BatchNorm && bn2 is BatchNorm;

    public FollowedFeatures Follow(FollowedNetwork network, FollowedFeatures features, ChannelAffine input, ChannelAffine output)
    {
        Folding folding = network.Folding;
        FollowedFeatures activated = network.Map(features, keeps: KeepsInput || ReadsRawInput, folding.Normalization(bn1, input), Folding.Activation(act1));
        FollowedFeatures main = network.Map(network.Convolution(activated, conv1, ChannelAffine.Of((BatchNorm)bn2)), keeps: false, Folding.Activation(act2));
        main = network.Convolution(main, conv2, output.ScaleAlone());
        return network.Sum(main, convShortcut is null ? features
            : network.Convolution(ReadsRawInput ? features : activated, convShortcut, output, ReadsRawInput ? input : null));
    }

    /// <summary>The first convolution, squeeze and excitation, and the normalisation that it keeps from being folded: scale * gate * x + shift at once.</summary>
    private Func<Tensor, Tensor> ExcitedConvolution(Folding folding)
    {
        Func<Tensor, Tensor> convolve = folding.Convolution(conv1);
        if (bn2 is not BatchNorm batch)
            return features => bn2.call(se!.call(convolve(features)));
        ChannelAffine affine = ChannelAffine.Of(batch);
        Tensor scale = folding.Row(affine.Scale), shift = folding.Row(affine.Shift);
        return features =>
        {
            Tensor convolved = convolve(features);
            return (convolved * (se!.Gate(convolved.mean([2, 3])) * scale)).Plus(shift);
        };
    }

    private Tensor Excited(Tensor features, SqueezePlacement placement) => _layers.Placed(placement) ? se!.call(features) : features;
}
