using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The network of a <see cref="ResNetSpec"/>, with the state-dict names of the code of Huang et al. 2021, which are those of most CIFAR
/// code: <c>conv1.weight</c>, <c>bn1.*</c>, <c>layer{stage}.{i}.conv1.weight</c>, <c>.bn1.*</c>, <c>.shortcut.0.weight</c>,
/// <c>.shortcut.1.*</c>, <c>linear.*</c>. Build it with <see cref="ResNetSpec.Build"/>.
/// </summary>
public sealed class ResNet : nn.Module<Tensor, Tensor>, IStagedNetwork, IFreezable
{
    private readonly ConvolutionLayer conv1;
    private readonly nn.Module<Tensor, Tensor> bn1, act1;
    private readonly ModuleList<nn.Module<Tensor, Tensor>>[] _stages;
    private readonly LinearLayer linear;

    internal ResNet(ResNetSpec spec)
        : base(nameof(ResNet))
    {
        Spec = spec;
        conv1 = new ConvolutionLayer(spec.InputChannels, spec.Stem.Width, spec.Stem.Kernel, spec.Stem.Stride, padding: spec.Padding);
        bn1 = spec.FeatureNormalization.Build(spec.Stem.Width);
        act1 = spec.StemActivation.Build(spec.Stem.Width);
        _stages = [.. Enumerable.Range(0, spec.Stages.Count).Select(stage => new ModuleList<nn.Module<Tensor, Tensor>>(
            [.. Enumerable.Range(0, spec.Stages[stage].Depth).Select(block => spec.Stages[stage].Block.Build(spec.Shape(stage, block)))]))];
        linear = new LinearLayer(spec.Stages[^1].OutChannels, spec.Classes);
        // One by one: RegisterComponents would miss the array, and the published order has the stages before the linear layer.
        register_module(nameof(conv1), conv1);
        register_module(nameof(bn1), bn1);
        register_module(nameof(act1), act1);
        for (int stage = 0; stage < _stages.Length; stage++)
            register_module($"layer{stage + 1}", _stages[stage]);
        register_module(nameof(linear), linear);
    }

    /// <summary>What it was built from.</summary>
    public ResNetSpec Spec { get; }

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
        Tensor features = act1.call(bn1.call(conv1.call(input)));
        if (Spec.Stem.Pooled)
            features = nn.functional.max_pool2d(features, 3, 2, 1);
        observe("stem", features);
        for (int stage = 0; stage < _stages.Length; stage++)
        {
            foreach (nn.Module<Tensor, Tensor> block in _stages[stage])
                features = block.call(features);
            observe($"stage {stage + 1}", features);
        }
        features = features.mean([2, 3]);
        observe("pooled", features);
        return linear.call(features).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FrozenNetwork? Freeze() => FrozenNetwork.Of(this, Spec, folding =>
    {
        List<Func<Tensor, Tensor>> steps = [folding.Convolution(conv1, bn1, act1)];
        if (Spec.Stem.Pooled)
            steps.Add(features => nn.functional.max_pool2d(features, 3, 2, 1));
        foreach (nn.Module<Tensor, Tensor> block in _stages.SelectMany(stage => stage))
            steps.Add(block is IFreezableBlock freezable ? freezable.Freeze(folding, ChannelAffine.Identity(0), ChannelAffine.Identity(0)) : block.call);
        Func<Tensor, Tensor> features = Folding.InOrder([.. steps]);
        return images => linear.call(features(images).mean([2, 3]));
    });

    /// <summary>
    /// Parameters and buffers under the published names, in the published order: layer by layer, where TorchSharp puts all parameters
    /// first.
    /// </summary>
    /// <param name="destination">Added to; null makes a new one.</param>
    /// <param name="prefix">Before each name.</param>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        PublishedOrder.Of(base.state_dict(null, prefix), destination);
}
