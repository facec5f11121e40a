using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The network of a <see cref="DenseNetSpec"/>, with the state-dict names of the code of Huang et al. 2021:
/// <c>conv1.weight</c>, <c>stages.{stage}.0.{i}.bn1.*</c>, <c>.conv1.weight</c>, <c>.bn2.*</c>, <c>.conv2.weight</c>,
/// <c>stages.{stage}.1.bn.*</c>, <c>.conv.weight</c>, <c>bn.*</c>, <c>linear.*</c>. Build it with <see cref="DenseNetSpec.Build"/>.
/// </summary>
public sealed class DenseNet : nn.Module<Tensor, Tensor>, IStagedNetwork, IFreezable
{
    private readonly ConvolutionLayer conv1;
    private readonly ModuleList<Stage> stages;
    private readonly nn.Module<Tensor, Tensor> bn, act;
    private readonly LinearLayer linear;

    internal DenseNet(DenseNetSpec spec)
        : base(nameof(DenseNet))
    {
        Spec = spec;
        conv1 = new ConvolutionLayer(spec.InputChannels, spec.Stages[0].Width, kernel: 3);
        stages = new ModuleList<Stage>([.. Enumerable.Range(0, spec.Stages.Count).Select(stage => new Stage(spec, stage))]);
        int channels = Stage.OutChannels(spec, spec.Stages[^1]);
        bn = spec.FeatureNormalization.Build(channels);
        act = spec.Activation.Build(channels);
        linear = new LinearLayer(channels, spec.Classes);
        RegisterComponents();
    }

    /// <summary>What it was built from.</summary>
    public DenseNetSpec Spec { get; }

    /// <summary>Logits of the classes.</summary>
    /// <param name="input">Normalised pixels, (N, C, H, W), at least 2^(stages - 1) rows and columns; not changed, not disposed.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// The channel count is not the one the network was built for, or the poolings leave nothing of the images.
    /// </exception>
    public override Tensor forward(Tensor input) => ForwardByStage(input, static (_, _) => { });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The channel count is not the one the network was built for, or the poolings leave nothing of the images.
    /// </exception>
    public Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe)
    {
        ImageShape.Check(input, Spec);
        using DisposeScope scope = NewDisposeScope();
        Tensor features = conv1.call(input);
        observe("stem", features);
        for (int stage = 0; stage < stages.Count; stage++)
        {
            features = stages[stage].call(features);
            observe($"stage {stage + 1}", features);
        }
        features = act.call(bn.call(features)).mean([2, 3]);
        observe("pooled", features);
        return linear.call(features).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FrozenNetwork? Freeze() => FrozenNetwork.Of(this, Spec, folding =>
    {
        Func<Tensor, Tensor> normalize = folding.Normalization(bn, ChannelAffine.Identity(0)), activate = Folding.Activation(act);
        Func<Tensor, Tensor> layers = Folding.InOrder([folding.Convolution(conv1), .. stages.SelectMany(stage => stage.Freeze(folding)), normalize, activate]);
        return images => linear.call(layers(images).mean([2, 3]));
    });

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
        [ComponentName(Name = "0")]
        private readonly ModuleList<DenseLayer> _layers;

        [ComponentName(Name = "1")]
        private readonly DenseTransition? _transition;

        public Stage(DenseNetSpec spec, int stage)
            : base(nameof(Stage))
        {
            DenseNetStage own = spec.Stages[stage];
            _layers = new ModuleList<DenseLayer>([.. Enumerable.Range(0, own.Depth).Select(layer => new DenseLayer(spec, own.Width + layer * spec.Growth))]);
            _transition = stage + 1 < spec.Stages.Count ? new DenseTransition(spec, OutChannels(spec, own), spec.Stages[stage + 1].Width) : null;
            RegisterComponents();
        }

        public IEnumerable<Func<Tensor, Tensor>> Freeze(Folding folding) =>
            [.. _layers.Select(layer => layer.Freeze(folding)), .. _transition is null ? [] : (Func<Tensor, Tensor>[])[_transition.Freeze(folding)]];

        public static int OutChannels(DenseNetSpec spec, DenseNetStage stage) => stage.Width + stage.Depth * spec.Growth;

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor features = input;
            foreach (DenseLayer layer in _layers)
                features = layer.call(features);
            return (_transition is null ? features : _transition.call(features)).MoveToOuterDisposeScope();
        }
    }
}
