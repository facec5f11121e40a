using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The module of a <see cref="RobustResBlock"/>, with the names of the code of Lu et al. 2022 but for the shortcut's.</summary>
internal sealed class RobustResModule : nn.Module<Tensor, Tensor>, IFreezableBlock
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
        Tensor joined = Joined(act2.call(bn2.call(conv1.call(input))), (s, part) => act3[s].call(bn3[s].call(conv2[s].call(part))));
        if (dropout is not null)
            joined = dropout.call(joined);
        Tensor main = conv3.call(joined);
        return main.Plus(shortcut).Plus(se.call(se_bn.call(main))).MoveToOuterDisposeScope();
    }

    private Tensor Joined(Tensor split, Func<int, Tensor, Tensor> scale)
    {
        Tensor[] splits = split.chunk(_scales, 1);
        Tensor[] parts = new Tensor[_scales];
        for (int s = 0; s < _scales - 1; s++)
            parts[s] = scale(s, s == 0 || _stride > 1 ? splits[s] : splits[s].Plus(parts[s - 1]));
        parts[^1] = _stride == 1 ? splits[^1] : nn.functional.avg_pool2d(splits[^1], 3, _stride, 1);
        return cat(parts, 1);
    }

    // Its first convolution, squeeze and excitation and the pooled scale all read features as they are.
    public BatchNorm? FirstNormalization => null;

    public bool KeepsInput => convShortcut is null;

    public bool ReadsRawInput => true;

    public Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output)
    {
        Func<Tensor, Tensor> aside = convShortcut is null ? features => features : Shortcut(folding, input);
        Func<Tensor, Tensor> split = folding.Convolution(conv1, bn2, act2);
        Func<Tensor, Tensor>[] scales = [.. Enumerable.Range(0, _scales - 1).Select(s => folding.Convolution(conv2[s], bn3[s], act3[s]))];
        Func<Tensor, Tensor> join = folding.Convolution(conv3);
        Func<Tensor, Tensor, Tensor> excited = se_bn is BatchNorm batch ? Excited(folding, ChannelAffine.Of(batch)) : (main, shortcut) => main.Plus(shortcut).PlusInPlace(se.call(se_bn.call(main)));
        return features =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor main = join(Joined(split(features), (s, part) => scales[s](part)));
            return excited(main, aside(features)).MoveToOuterDisposeScope();
        };
    }

    private Func<Tensor, Tensor> Shortcut(Folding folding, ChannelAffine input)
    {
        Func<Tensor, Tensor> normalize = folding.Normalization(bn1, input), activate = Folding.Activation(act1), convolve = folding.Convolution(convShortcut!);
        return features => convolve(activate(normalize(features)));
    }

    /// <summary>out + gate * (a * out + b) + shortcut = out * (1 + gate * a) + (gate * b + shortcut), the gate computed from a * mean(out) + b: no pass over the features for the normalisation.</summary>
    private Func<Tensor, Tensor, Tensor> Excited(Folding folding, ChannelAffine normalization)
    {
        Tensor scale = folding.Row(normalization.Scale), shift = folding.Row(normalization.Shift);
        return (main, shortcut) =>
        {
            Tensor means = (main.mean([2, 3], keepdim: true) * scale).Plus(shift);
            Tensor gate = se.Gate(means.squeeze(-1).squeeze(-1));
            return (main * (gate * scale).Plus(1)).Plus(gate * shift).Plus(shortcut);
        };
    }
}
