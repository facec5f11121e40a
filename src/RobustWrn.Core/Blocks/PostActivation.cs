using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>What the post-activation blocks share: the normalised 1x1 convolution of their shortcut, and a residual branch that starts at zero.</summary>
internal static class PostActivation
{
    public static bool HasShortcutConvolution(BlockShape shape, int outChannels) => shape.InChannels != outChannels || shape.Stride != 1;

    public static FeatureMap TraceSum(CostTrace trace, FeatureMap input, FeatureMap main, BlockShape shape)
    {
        FeatureMap shortcut = HasShortcutConvolution(shape, main.Channels)
            ? shape.Normalization.Trace(trace, trace.Convolution(input, main.Channels, 1, shape.Stride, padding: shape.Padding))
            : input;
        return shape.Activation.Trace(trace, trace.Add(main, shortcut));
    }

    /// <summary>The sum of a folded residual branch and the shortcut, activated. All normalisations stand after convolutions, so nothing but the block's own input is read or written.</summary>
    public static Func<Tensor, Tensor> Sum(Folding folding, Func<Tensor, Tensor> main, ProjectionShortcut? shortcut, nn.Module<Tensor, Tensor> activation)
    {
        Func<Tensor, Tensor> aside = shortcut is null ? features => features : shortcut.Freeze(folding), activate = Folding.Activation(activation);
        return features =>
        {
            using DisposeScope scope = NewDisposeScope();
            return activate(main(features).PlusInPlace(aside(features))).MoveToOuterDisposeScope();
        };
    }

    public static ProjectionShortcut? Shortcut(BlockShape shape, int outChannels) => HasShortcutConvolution(shape, outChannels) ? new ProjectionShortcut(shape, outChannels) : null;

    /// <summary>The normalisation before the sum. Its scale starts at zero where the branch does (Goyal et al. 2017, arXiv 1706.02677): no activation follows, so it learns.</summary>
    public static nn.Module<Tensor, Tensor> LastNormalization(BlockShape shape, int channels)
    {
        nn.Module<Tensor, Tensor> normalization = shape.Normalization.Build(channels);
        if (shape.ZeroInitResidual)
        {
            using IDisposable guard = no_grad();
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in normalization.named_parameters())
            {
                if (name == "weight")
                    parameter.zero_();
            }
        }
        return normalization;
    }
}

/// <summary>A 1x1 convolution and a normalisation, with the published names <c>0</c> and <c>1</c>.</summary>
internal sealed class ProjectionShortcut : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "0")]
    private readonly ConvolutionLayer _convolution;

    [ComponentName(Name = "1")]
    private readonly nn.Module<Tensor, Tensor> _normalization;

    public ProjectionShortcut(BlockShape shape, int outChannels)
        : base(nameof(ProjectionShortcut))
    {
        _convolution = new ConvolutionLayer(shape.InChannels, outChannels, kernel: 1, shape.Stride, padding: shape.Padding);
        _normalization = shape.Normalization.Build(outChannels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using Tensor convolved = _convolution.call(input);
        return _normalization.call(convolved);
    }

    public Func<Tensor, Tensor> Freeze(Folding folding) => folding.Convolution(_convolution, _normalization);
}
