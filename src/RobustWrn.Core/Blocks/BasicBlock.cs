using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The pre-activation basic block of Huang et al. 2021 (after Zagoruyko and Komodakis 2016): batch norm, activation, 3x3 convolution, batch norm,
/// activation, dropout, 3x3 convolution, plus the shortcut, which is a 1x1 convolution where the width changes or the stride is not 1.
/// </summary>
public sealed record BasicBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "basic";

    /// <summary>What the shortcut's convolution reads. Default: the rule of Huang et al. 2021.</summary>
    public ShortcutInput Shortcut { get; init; }

    /// <inheritdoc/>
    public int OutChannels(int width) => width;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape) => new PreActivationLayers(shape, Shortcut).Trace(trace, input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new PreActivationModule(new PreActivationLayers(shape, Shortcut));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.Known(Shortcut);
}
