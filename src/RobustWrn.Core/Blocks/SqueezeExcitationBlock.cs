using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The basic block with squeeze and excitation (Hu et al. 2018, arXiv 1709.01507), as in the networks of Peng et al. 2023 (arXiv 2308.16258).</summary>
public sealed record SqueezeExcitationBlock : IBlock
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "squeeze-excitation";

    /// <summary>Squeezed numbers for each channel, in (0, 1]; rounded to the nearest number, ties to even. Default 0.25, RaWRN-70-16's.</summary>
    public double Ratio { get; init; } = 0.25;

    /// <summary>Where in the block. Default: after the second convolution, RaWRN-70-16's.</summary>
    public SqueezePlacement Placement { get; init; }

    /// <summary>Whether its linear layers have a bias. Default: yes, as in RaWRN-70-16.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>What the shortcut's convolution reads. Default: always the activated input, as in RaWRN-70-16.</summary>
    public ShortcutInput Shortcut { get; init; } = ShortcutInput.Activated;

    /// <inheritdoc/>
    public int OutChannels(int width) => width;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape) => Layers(shape).Trace(trace, input);

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new PreActivationModule(Layers(shape));

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Share(Ratio),
        .. Rule.Known(Placement), .. Rule.Known(Shortcut),
    ];

    private PreActivationLayers Layers(BlockShape shape) => new(shape, Shortcut) { Squeeze = this };
}
