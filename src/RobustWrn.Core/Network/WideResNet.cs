using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The network of a <see cref="WideResNetSpec"/>, with the state-dict names of the code of Huang et al. 2021: <c>stem_conv.weight</c>,
/// <c>blocks.{stage}.layer.{i}.bn1.*</c>, <c>.conv1.weight</c>, <c>.bn2.*</c>, <c>.conv2.weight</c>, <c>.convShortcut.weight</c>,
/// <c>bn1.*</c>, <c>fc.*</c>. Build it with <see cref="WideResNetSpec.Build"/>.
/// </summary>
public sealed class WideResNet : nn.Module<Tensor, Tensor>, IStagedNetwork, IFreezable
{
    private readonly nn.Module<Tensor, Tensor> stem_conv;
    private readonly ModuleList<Stage> blocks;
    private readonly nn.Module<Tensor, Tensor> bn1;
    private readonly nn.Module<Tensor, Tensor> act;
    private readonly LinearLayer fc;

    internal WideResNet(WideResNetSpec spec)
        : base(nameof(WideResNet))
    {
        Spec = spec;
        ConvolutionLayer stem = new(spec.InputChannels, spec.Stem.Width, spec.Stem.Kernel, spec.Stem.Stride, padding: spec.Padding);
        stem_conv = spec.Stem.Pooled ? new PooledStem(stem, spec.FeatureNormalization.Build(spec.Stem.Width)) : stem;
        blocks = new ModuleList<Stage>([.. Enumerable.Range(0, spec.Stages.Count).Select(stage => new Stage(spec, stage))]);
        int channels = spec.Stages[^1].OutChannels;
        bn1 = spec.FeatureNormalization.Build(channels);
        act = spec.FinalActivation.Build(channels);
        fc = new LinearLayer(channels, spec.Classes);
        RegisterComponents();
    }

    /// <summary>What it was built from.</summary>
    public WideResNetSpec Spec { get; }

    /// <summary>Logits of the classes.</summary>
    /// <param name="input">Normalised pixels, (N, C, H, W); not changed, not disposed.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The channel count is not the one the network was built for.</exception>
    public override Tensor forward(Tensor input) => ForwardByStage(input, static (_, _) => { });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The channel count is not the one the network was built for.</exception>
    public Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe)
    {
        ImageShape.Check(input, Spec);
        using DisposeScope scope = NewDisposeScope();
        Tensor features = stem_conv.call(input);
        observe("stem", features);
        for (int stage = 0; stage < blocks.Count; stage++)
        {
            features = blocks[stage].call(features);
            observe($"stage {stage + 1}", features);
        }
        features = act.call(bn1.call(features)).mean([2, 3]);
        observe("pooled", features);
        return fc.call(features).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FrozenNetwork? Freeze() => FrozenNetwork.Of(this, Spec, folding =>
    {
        nn.Module<Tensor, Tensor>[] layers = [.. blocks.SelectMany(stage => stage.Blocks)];
        ChannelAffine[] coordinates = Coordinates(layers);
        Func<Tensor, Tensor> features = Folding.InOrder(
        [
            stem_conv is ConvolutionLayer convolution ? folding.Convolution(convolution, coordinates[0]) : ((PooledStem)stem_conv).Freeze(folding),
            .. layers.Select((layer, i) => layer is IFreezableBlock block ? block.Freeze(folding, coordinates[i], coordinates[i + 1]) : layer.call),
            folding.Normalization(bn1, coordinates[^1]), Folding.Activation(act),
        ]);
        return images => fc.call(features(images).mean([2, 3]));
    }, Follow);

    private FollowedImages? Follow(Tensor images)
    {
        nn.Module<Tensor, Tensor>[] layers = [.. blocks.SelectMany(stage => stage.Blocks)];
        if (stem_conv is not ConvolutionLayer stem || bn1 is not BatchNorm || !layers.All(layer => layer is IFollowableBlock { CanBeFollowed: true }))
            return null;
        ImageShape.Check(images, Spec);
        Folding folding = new(this);
        FollowedNetwork network = new(folding, (int)images.shape[2], (int)images.shape[3]);
        ChannelAffine[] coordinates = Coordinates(layers);
        FollowedFeatures features = network.Convolution(FollowedNetwork.Images, stem, coordinates[0]);
        for (int i = 0; i < layers.Length; i++)
            features = ((IFollowableBlock)layers[i]).Follow(network, features, coordinates[i], coordinates[i + 1]);
        network.End(network.Map(features, keeps: false, folding.Normalization(bn1, coordinates[^1]), Folding.Activation(act)));
        return new FollowedImages(network, images, last => fc.call(last.mean([2, 3])), folding);
    }

    private ChannelAffine[] Coordinates(nn.Module<Tensor, Tensor>[] layers)
    {
        int[] channels = [.. Spec.Stages.SelectMany((stage, s) => Enumerable.Range(0, stage.Depth).Select(i => Spec.Shape(s, i).InChannels)), Spec.Stages[^1].OutChannels];
        return StreamCoordinates.Choose(layers, stemGives: stem_conv is ConvolutionLayer, bn1, channels);
    }

    /// <summary>
    /// Parameters and buffers under the published names, in the published order: layer by layer, where TorchSharp puts all parameters
    /// first.
    /// </summary>
    /// <param name="destination">Added to; null makes a new one.</param>
    /// <param name="prefix">Before each name.</param>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        PublishedOrder.Of(base.state_dict(null, prefix), destination);

    private sealed class Stage : nn.Module<Tensor, Tensor>
    {
        private readonly ModuleList<nn.Module<Tensor, Tensor>> layer;

        public IEnumerable<nn.Module<Tensor, Tensor>> Blocks => layer;

        public Stage(WideResNetSpec spec, int stage)
            : base(nameof(Stage))
        {
            layer = new ModuleList<nn.Module<Tensor, Tensor>>(
                [.. Enumerable.Range(0, spec.Stages[stage].Depth).Select(block => spec.Stages[stage].Block.Build(spec.Shape(stage, block)))]);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor features = input;
            foreach (nn.Module<Tensor, Tensor> block in layer)
                features = block.call(features);
            return features.MoveToOuterDisposeScope();
        }
    }
}
