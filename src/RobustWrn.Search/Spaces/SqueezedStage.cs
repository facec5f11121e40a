using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Squeeze and excitation of a stage of basic blocks, switched and set.</summary>
internal static class SqueezedStage
{
    public static StageSpec Switched(StageSpec stage, bool on) => (stage.Block, on) switch
    {
        (BasicBlock basic, true) => stage with { Block = new SqueezeExcitationBlock { Shortcut = basic.Shortcut } },
        (SqueezeExcitationBlock squeezed, false) => stage with { Block = new BasicBlock { Shortcut = squeezed.Shortcut } },
        (BasicBlock or SqueezeExcitationBlock, _) => stage,
        _ => throw new InvalidOperationException(
            $"squeeze and excitation can be switched in basic blocks, got {stage.Block.GetType().Name}. "
            + "Vary it only where the block is basic."),
    };

    public static StageSpec WithRatio(StageSpec stage, double ratio) => stage.Block is SqueezeExcitationBlock squeezed
        ? stage with { Block = squeezed with { Ratio = ratio } }
        : throw new InvalidOperationException(
            $"a ratio is one of squeeze-excitation blocks, got {stage.Block.GetType().Name}. "
            + "Vary it only where squeeze and excitation is on.");
}
