using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A space of robust wide residual networks that holds what the papers varied, together: depths and widening factors of each stage (the
/// values of Lu et al. 2022 and of their RobustResNets), the block, the activation, and squeeze and excitation with its ratio, which count
/// only in basic blocks.
/// </summary>
internal static class RobustWideResNets
{
    // Of Lu et al. 2022, whose basic and robust blocks both read the activated input in the shortcut.
    private static readonly BasicBlock Basic = new() { Shortcut = ShortcutInput.Activated };

    public static ReadyMadeSpace Space { get; } = new(
        "robust-wrn",
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(28, 10).WithBlock(Basic))
            // The grids of Lu et al., and the depths and factors of RobustResNet-A1 to A4 between and beyond them.
            .VaryDepths([2, 3, 4, 5, 7, 8, 9, 11, 13, 14, 17, 22, 27, 28])
            .VaryWidening([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20])
            // Smooth ones help (Gowal et al. 2020); the last has a learned form (Dai et al. 2021).
            .Vary<IActivation>(
                "activation", [new Relu(), new Silu(), new Gelu(), new ParametricSilu()],
                (spec, activation) => spec.WithActivation(activation))
            .Vary<IBlock>("stages.block", [Basic, new BottleneckBlock(), new RobustResBlock()], (spec, block) => spec.WithBlock(block))
            .When<IBlock>("stages.block", [Basic], basic => basic
                .Vary("stages.squeezeExcitation", [false, true], Squeezed)
                // Half and twice RaWRN-70-16's quarter.
                .When("stages.squeezeExcitation", [true], squeezed => squeezed
                    .Vary("stages.squeezeRatio", [0.125, 0.25, 0.5], WithRatio))),
        "this library's, over the depths, widths, blocks and activations of Lu et al. 2022, Gowal et al. 2020, Dai et al. 2021 and "
        + "Peng et al. 2023");

    private static WideResNetSpec Squeezed(WideResNetSpec spec, bool on) =>
        WideResNetDimensions.OfAll(spec, (stage, _) => SqueezedStage.Switched(stage, on));

    private static WideResNetSpec WithRatio(WideResNetSpec spec, double ratio) =>
        WideResNetDimensions.OfAll(spec, (stage, _) => SqueezedStage.WithRatio(stage, ratio));
}
