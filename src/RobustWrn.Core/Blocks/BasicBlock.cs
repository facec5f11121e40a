using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The pre-activation basic block of Huang et al. 2021 (after Zagoruyko and Komodakis 2016): batch norm, activation, 3x3 convolution, batch norm,
/// activation, dropout, 3x3 convolution, plus the shortcut. The shortcut is a 1x1 convolution where the width changes or the stride is not 1;
/// where the width changes it reads the activated input, elsewhere the raw one.
/// </summary>
public sealed record BasicBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "basic";

    /// <inheritdoc/>
    public long Parameters(BlockShape shape) => checked(
        LayerCost.BatchNormParameters(shape.InChannels)
        + shape.Activation.Parameters(shape.InChannels)
        + LayerCost.ConvolutionParameters(shape.InChannels, shape.OutChannels, 3)
        + LayerCost.BatchNormParameters(shape.OutChannels)
        + shape.Activation.Parameters(shape.OutChannels)
        + LayerCost.ConvolutionParameters(shape.OutChannels, shape.OutChannels, 3)
        + (HasShortcutConvolution(shape) ? LayerCost.ConvolutionParameters(shape.InChannels, shape.OutChannels, 1) : 0));

    /// <inheritdoc/>
    public long MultiplyAdds(BlockShape shape, int height, int width)
    {
        long pixels = (long)LayerCost.Strided(height, shape.Stride) * LayerCost.Strided(width, shape.Stride);
        return checked(pixels * (LayerCost.ConvolutionParameters(shape.InChannels, shape.OutChannels, 3)
            + LayerCost.ConvolutionParameters(shape.OutChannels, shape.OutChannels, 3)
            + (HasShortcutConvolution(shape) ? LayerCost.ConvolutionParameters(shape.InChannels, shape.OutChannels, 1) : 0)));
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module(shape);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    private static bool HasShortcutConvolution(BlockShape shape) => shape.InChannels != shape.OutChannels || shape.Stride != 1;

    private sealed class Module : nn.Module<Tensor, Tensor>
    {
        private readonly bool _shortcutReadsActivation;

        // Components register in the order of their fields, which is the published order of the state dict.
        private readonly BatchNorm2d bn1;
        private readonly nn.Module<Tensor, Tensor> act1;
        private readonly ConvolutionLayer conv1;
        private readonly BatchNorm2d bn2;
        private readonly nn.Module<Tensor, Tensor> act2;
        private readonly StreamDropout? dropout;
        private readonly ConvolutionLayer conv2;
        private readonly ConvolutionLayer? convShortcut;

        public Module(BlockShape shape)
            : base(nameof(BasicBlock))
        {
            _shortcutReadsActivation = shape.InChannels != shape.OutChannels;
            bn1 = nn.BatchNorm2d(shape.InChannels);
            act1 = shape.Activation.Build(shape.InChannels);
            conv1 = new ConvolutionLayer(shape.InChannels, shape.OutChannels, kernel: 3, shape.Stride, padding: 1);
            bn2 = nn.BatchNorm2d(shape.OutChannels);
            act2 = shape.Activation.Build(shape.OutChannels);
            dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
            conv2 = new ConvolutionLayer(shape.OutChannels, shape.OutChannels, kernel: 3, stride: 1, padding: 1);
            convShortcut = HasShortcutConvolution(shape)
                ? new ConvolutionLayer(shape.InChannels, shape.OutChannels, kernel: 1, shape.Stride, padding: 0)
                : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor activated = act1.call(bn1.call(input));
            Tensor main = act2.call(bn2.call(conv1.call(activated)));
            if (dropout is not null)
                main = dropout.call(main);
            main = conv2.call(main);
            Tensor shortcut = convShortcut is null ? input : convShortcut.call(_shortcutReadsActivation ? activated : input);
            return (main + shortcut).MoveToOuterDisposeScope();
        }
    }
}
