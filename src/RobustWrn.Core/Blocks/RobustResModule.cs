using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The module of a <see cref="RobustResBlock"/>, with the names of the code of Lu et al. 2022 but for the shortcut's.</summary>
internal sealed class RobustResModule : nn.Module<Tensor, Tensor>
{
    private readonly int _scales, _stride;
    private readonly nn.Module<Tensor, Tensor> bn1, act1;
    private readonly ConvolutionLayer conv1;
    private readonly nn.Module<Tensor, Tensor> bn2, act2;
    private readonly ModuleList<ConvolutionLayer> conv2;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> bn3;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> act3;
    private readonly StreamDropout? dropout;
    private readonly ConvolutionLayer conv3;
    private readonly nn.Module<Tensor, Tensor> se_bn;
    private readonly SqueezeExcitation se;
    private readonly ConvolutionLayer? convShortcut;

    public RobustResModule(RobustResBlock block, BlockShape shape)
        : base(nameof(RobustResBlock))
    {
        (_scales, _stride) = (block.Scales, shape.Stride);
        int width = block.ScaleWidth(shape.Width), outChannels = block.OutChannels(shape.Width);
        int[] scales = [.. Enumerable.Range(0, block.Scales - 1)];
        bn1 = shape.Normalization.Build(shape.InChannels);
        act1 = shape.Activation.Build(shape.InChannels);
        conv1 = new ConvolutionLayer(shape.InChannels, width * block.Scales, kernel: 1);
        bn2 = shape.Normalization.Build(width * block.Scales);
        act2 = shape.Activation.Build(width * block.Scales);
        conv2 = new ModuleList<ConvolutionLayer>([.. scales.Select(_ => new ConvolutionLayer(width, width, kernel: 3, shape.Stride, block.Cardinality, padding: shape.Padding))]);
        bn3 = new ModuleList<nn.Module<Tensor, Tensor>>([.. scales.Select(_ => shape.Normalization.Build(width))]);
        act3 = new ModuleList<nn.Module<Tensor, Tensor>>([.. scales.Select(_ => shape.Activation.Build(width))]);
        dropout = shape.Dropout > 0 ? new StreamDropout(shape.Dropout) : null;
        conv3 = new ConvolutionLayer(width * block.Scales, outChannels, kernel: 1) { StartsAtZero = shape.ZeroInitResidual };
        se_bn = shape.Normalization.Build(outChannels);
        se = new SqueezeExcitation(outChannels, outChannels / block.SqueezeReduction, hasBias: false);
        convShortcut = block.HasShortcutConvolution(shape) ? new ConvolutionLayer(shape.InChannels, outChannels, kernel: 1, shape.Stride, padding: shape.Padding) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        // The authors' code normalises and activates the input in every block, although only a shortcut convolution reads the result; the statistics are kept up to date.
        Tensor activated = act1.call(bn1.call(input));
        Tensor shortcut = convShortcut is null ? input : convShortcut.call(activated);
        Tensor[] splits = act2.call(bn2.call(conv1.call(input))).chunk(_scales, 1);
        Tensor[] parts = new Tensor[_scales];
        for (int s = 0; s < _scales - 1; s++)
        {
            Tensor part = s == 0 || _stride > 1 ? splits[s] : splits[s] + parts[s - 1];
            parts[s] = act3[s].call(bn3[s].call(conv2[s].call(part)));
        }
        parts[^1] = _stride == 1 ? splits[^1] : nn.functional.avg_pool2d(splits[^1], 3, _stride, 1);
        Tensor joined = cat(parts, 1);
        if (dropout is not null)
            joined = dropout.call(joined);
        Tensor main = conv3.call(joined);
        return (main + shortcut + se.call(se_bn.call(main))).MoveToOuterDisposeScope();
    }
}
