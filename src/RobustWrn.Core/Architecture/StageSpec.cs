namespace RobustWrn.Core;

/// <summary>A stage: blocks of one width, the first of which may change width and resolution.</summary>
public sealed record StageSpec
{
    /// <summary>Residual blocks in the stage. Default 1.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Channels of the stage's output, before a block's expansion. Default 16.</summary>
    public int Width { get; init; } = 16;

    /// <summary>Step of the first block. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Probability that a feature is dropped inside a block while training, in [0, 1). Default 0 (Huang et al. 2021).</summary>
    public double Dropout { get; init; }

    /// <summary>The kind of block. Default: the basic block of Huang et al. 2021.</summary>
    public IBlock Block { get; init; } = new BasicBlock();

    /// <summary>The nonlinearity inside the blocks. Default: ReLU.</summary>
    public IActivation Activation { get; init; } = new Relu();

    /// <summary>Channels of the stage's output: the width, or its multiple for blocks that expand.</summary>
    public int OutChannels => Block.OutChannels(Width);

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Depth, most: SpecLimits.MostLayers), .. Rule.Positive(Width, most: SpecLimits.MostChannels),
        .. Rule.Positive(Stride, most: SpecLimits.LargestSide), .. Rule.InHalfOpen(Dropout, 0, 1),
        .. Block.ProblemsAs(nameof(Block)), .. Activation.ProblemsAs(nameof(Activation)),
    ];
}
