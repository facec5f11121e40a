using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The pre-activation bottleneck block (He et al. 2016, arXiv 1603.05027): 1x1 convolution to the stage's width, 3x3 convolution with the stride, 1x1 convolution to
/// <see cref="Expansion"/> times the width, each after a normalisation and an activation, plus the shortcut.
/// </summary>
public sealed record BottleneckBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "bottleneck";

    /// <summary>Channels it writes for each channel of the stage's width. Default 4, the paper's.</summary>
    public int Expansion { get; init; } = 4;

    /// <summary>What the shortcut's convolution reads. Default: always the activated input, the paper's.</summary>
    public ShortcutInput Shortcut { get; init; } = ShortcutInput.Activated;

    /// <inheritdoc/>
    public int OutChannels(int width) => checked(Expansion * width);

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape)
    {
        int outChannels = OutChannels(shape.Width);
        FeatureMap Activated(FeatureMap map) => shape.Activation.Trace(trace, shape.Normalization.Trace(trace, map));
        FeatureMap activated = Activated(input);
        FeatureMap main = Activated(trace.Convolution(activated, shape.Width, 1));
        main = Activated(trace.Convolution(main, shape.Width, 3, shape.Stride, padding: shape.Padding));
        if (shape.Dropout > 0)
            main = StreamDropout.Trace(trace, main);
        main = trace.Convolution(main, outChannels, 1);
        FeatureMap shortcut = HasShortcutConvolution(shape)
            ? trace.Convolution(ShortcutReadsActivation(shape) ? activated : input, outChannels, 1, shape.Stride, padding: shape.Padding)
            : input;
        return trace.Add(main, shortcut);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module(this, shape);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Expansion, most: SpecLimits.MostChannels), .. Rule.Known(Shortcut)];

    private bool HasShortcutConvolution(BlockShape shape) => shape.InChannels != OutChannels(shape.Width) || shape.Stride != 1;

    private bool ShortcutReadsActivation(BlockShape shape) => Shortcut == ShortcutInput.Activated || shape.InChannels != OutChannels(shape.Width);

    private sealed class Module : nn.Module<Tensor, Tensor>, IFreezableBlock
    {
        private readonly bool _shortcutReadsActivation;
        private readonly nn.Module<Tensor, Tensor> bn1, act1;
        private readonly ConvolutionLayer conv1;
        private readonly nn.Module<Tensor, Tensor> bn2, act2;
        private readonly ConvolutionLayer conv2;
        private readonly nn.Module<Tensor, Tensor> bn3, act3;
        private readonly StreamDropout? dropout;
        private readonly ConvolutionLayer conv3;
        private readonly ConvolutionLayer? convShortcut;

        public Module(BottleneckBlock block, BlockShape shape)
            : base(nameof(BottleneckBlock))
        {
            int outChannels = block.OutChannels(shape.Width);
            _shortcutReadsActivation = block.ShortcutReadsActivation(shape);
            bn1 = shape.Normalization.Build(shape.InChannels);
            act1 = shape.Activation.Build(shape.InChannels);
            conv1 = new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 1);
            bn2 = shape.Normalization.Build(shape.Width);
            act2 = shape.Activation.Build(shape.Width);
            conv2 = new ConvolutionLayer(shape.Width, shape.Width, kernel: 3, shape.Stride, padding: shape.Padding);
            bn3 = shape.Normalization.Build(shape.Width);
            act3 = shape.Activation.Build(shape.Width);
            dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
            conv3 = new ConvolutionLayer(shape.Width, outChannels, kernel: 1) { StartsAtZero = shape.ZeroInitResidual };
            convShortcut = block.HasShortcutConvolution(shape) ? new ConvolutionLayer(shape.InChannels, outChannels, kernel: 1, shape.Stride, padding: shape.Padding) : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor activated = act1.call(bn1.call(input));
            Tensor main = act2.call(bn2.call(conv1.call(activated)));
            main = act3.call(bn3.call(conv2.call(main)));
            if (dropout is not null)
                main = dropout.call(main);
            main = conv3.call(main);
            Tensor shortcut = convShortcut is null ? input : convShortcut.call(_shortcutReadsActivation ? activated : input);
            return main.Plus(shortcut).MoveToOuterDisposeScope();
        }

        public BatchNorm? FirstNormalization => bn1 as BatchNorm;

        public bool KeepsInput => convShortcut is null;

        public bool ReadsRawInput => convShortcut is not null && !_shortcutReadsActivation;

        public Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output)
        {
            Func<Tensor, Tensor> normalize = folding.Normalization(bn1, input);
            Func<Tensor, Tensor> activate = Folding.Activation(act1, mayOverwrite: !ReadsRawInput);
            Func<Tensor, Tensor> first = folding.Convolution(conv1, bn2, act2), second = folding.Convolution(conv2, bn3, act3);
            Func<Tensor, Tensor> third = folding.Convolution(conv3, output.ScaleAlone());
            Func<Tensor, Tensor>? shortcut = convShortcut is null ? null : folding.Convolution(convShortcut, output, ReadsRawInput ? input : null);
            return features =>
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor activated = activate(normalize(features));
                Tensor main = third(second(first(activated)));
                Tensor aside = shortcut is null ? features : shortcut(ReadsRawInput ? features : activated);
                return main.PlusInPlace(aside).MoveToOuterDisposeScope();
            };
        }
    }
}
