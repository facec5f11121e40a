using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The bottleneck block of the first residual networks (He et al. 2016, arXiv 1512.03385): 1x1 convolution to the stage's width, 3x3 convolution with the stride, 1x1
/// convolution to <see cref="Expansion"/> times the width, each before a normalisation, an activation after the first two and after the sum with the shortcut.
/// </summary>
public sealed record PostActivationBottleneck : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "post-activation-bottleneck";

    /// <summary>Channels it writes for each channel of the stage's width. Default 4, the paper's.</summary>
    public int Expansion { get; init; } = 4;

    /// <inheritdoc/>
    public int OutChannels(int width) => checked(Expansion * width);

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape)
    {
        FeatureMap Activated(FeatureMap map) => shape.Activation.Trace(trace, shape.Normalization.Trace(trace, map));
        FeatureMap main = Activated(trace.Convolution(input, shape.Width, 1));
        main = Activated(trace.Convolution(main, shape.Width, 3, shape.Stride, padding: shape.Padding));
        if (shape.Dropout > 0)
            main = StreamDropout.Trace(trace, main);
        main = shape.Normalization.Trace(trace, trace.Convolution(main, OutChannels(shape.Width), 1));
        return PostActivation.TraceSum(trace, input, main, shape);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module(shape, OutChannels(shape.Width));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Positive(Expansion, most: SpecLimits.MostChannels);

    private sealed class Module : nn.Module<Tensor, Tensor>, IFreezableBlock
    {
        private readonly ConvolutionLayer conv1;
        private readonly nn.Module<Tensor, Tensor> bn1, act1;
        private readonly ConvolutionLayer conv2;
        private readonly nn.Module<Tensor, Tensor> bn2, act2;
        private readonly StreamDropout? dropout;
        private readonly ConvolutionLayer conv3;
        private readonly nn.Module<Tensor, Tensor> bn3, act3;
        private readonly ProjectionShortcut? shortcut;

        public Module(BlockShape shape, int outChannels)
            : base(nameof(PostActivationBottleneck))
        {
            conv1 = new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 1);
            bn1 = shape.Normalization.Build(shape.Width);
            act1 = shape.Activation.Build(shape.Width);
            conv2 = new ConvolutionLayer(shape.Width, shape.Width, kernel: 3, shape.Stride, padding: shape.Padding);
            bn2 = shape.Normalization.Build(shape.Width);
            act2 = shape.Activation.Build(shape.Width);
            dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
            conv3 = new ConvolutionLayer(shape.Width, outChannels, kernel: 1);
            bn3 = PostActivation.LastNormalization(shape, outChannels);
            act3 = shape.Activation.Build(outChannels);
            shortcut = PostActivation.Shortcut(shape, outChannels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor main = act1.call(bn1.call(conv1.call(input)));
            main = act2.call(bn2.call(conv2.call(main)));
            if (dropout is not null)
                main = dropout.call(main);
            main = bn3.call(conv3.call(main));
            return act3.call(main.Plus(shortcut is null ? input : shortcut.call(input))).MoveToOuterDisposeScope();
        }

        // Its convolutions read the input as it is, and what it writes is activated.
        public BatchNorm? FirstNormalization => null;

        public bool KeepsInput => false;

        public bool ReadsRawInput => true;

        public Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output) =>
            PostActivation.Sum(folding, Folding.InOrder(folding.Convolution(conv1, bn1, act1), folding.Convolution(conv2, bn2, act2), folding.Convolution(conv3, bn3)), shortcut, act3);
    }
}
