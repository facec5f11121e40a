using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The basic block of the first residual networks (He et al. 2016, arXiv 1512.03385): 3x3 convolution, normalisation, activation, 3x3 convolution, normalisation, plus the
/// shortcut, then the activation. The shortcut is a normalised 1x1 convolution where the width changes or the stride is not 1.
/// </summary>
public sealed record PostActivationBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "post-activation";

    /// <inheritdoc/>
    public int OutChannels(int width) => width;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape)
    {
        FeatureMap main = shape.Activation.Trace(trace, shape.Normalization.Trace(trace, trace.Convolution(input, shape.Width, 3, shape.Stride, padding: shape.Padding)));
        if (shape.Dropout > 0)
            main = StreamDropout.Trace(trace, main);
        main = shape.Normalization.Trace(trace, trace.Convolution(main, shape.Width, 3, padding: shape.Padding));
        return PostActivation.TraceSum(trace, input, main, shape);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module(shape);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    private sealed class Module : nn.Module<Tensor, Tensor>, IFreezableBlock
    {
        private readonly ConvolutionLayer conv1;
        private readonly nn.Module<Tensor, Tensor> bn1, act1;
        private readonly StreamDropout? dropout;
        private readonly ConvolutionLayer conv2;
        private readonly nn.Module<Tensor, Tensor> bn2, act2;
        private readonly ProjectionShortcut? shortcut;

        public Module(BlockShape shape)
            : base(nameof(PostActivationBlock))
        {
            conv1 = new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 3, shape.Stride, padding: shape.Padding);
            bn1 = shape.Normalization.Build(shape.Width);
            act1 = shape.Activation.Build(shape.Width);
            dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
            conv2 = new ConvolutionLayer(shape.Width, shape.Width, kernel: 3, padding: shape.Padding);
            bn2 = PostActivation.LastNormalization(shape, shape.Width);
            act2 = shape.Activation.Build(shape.Width);
            shortcut = PostActivation.Shortcut(shape, shape.Width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor main = act1.call(bn1.call(conv1.call(input)));
            if (dropout is not null)
                main = dropout.call(main);
            main = bn2.call(conv2.call(main));
            return act2.call(main.Plus(shortcut is null ? input : shortcut.call(input))).MoveToOuterDisposeScope();
        }

        // Its convolutions read the input as it is, and what it writes is activated.
        public BatchNorm? FirstNormalization => null;

        public bool KeepsInput => false;

        public bool ReadsRawInput => true;

        public Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output) =>
            PostActivation.Sum(folding, Folding.InOrder(folding.Convolution(conv1, bn1, act1), folding.Convolution(conv2, bn2)), shortcut, act2);
    }
}
