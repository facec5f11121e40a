namespace RobustWrn.Core;

/// <summary>
/// Writes a <see cref="WideResNetSpec"/> step by step:
/// <c>new WideResNetBuilder().Stem(16).Stage(5, 320).Stage(5, 640, stride: 2).ToSpec()</c>. Immutable: each call returns a new builder.
/// </summary>
public sealed record WideResNetBuilder
{
    private WideResNetSpec Spec { get; init; } = new();

    /// <summary>The first convolution.</summary>
    public WideResNetBuilder Stem(int width, int stride = 1) => this with { Spec = Spec with { Stem = new StemSpec { Width = width, Stride = stride } } };

    /// <summary>What comes before the stages.</summary>
    public WideResNetBuilder Stem(StemSpec stem) => this with { Spec = Spec with { Stem = stem } };

    /// <summary>Adds a stage.</summary>
    /// <param name="depth">Residual blocks.</param>
    /// <param name="width">Channels.</param>
    /// <param name="stride">Step of its first block.</param>
    /// <param name="dropout">Probability that a feature is dropped inside a block, in [0, 1).</param>
    /// <param name="block">The kind of block; null is the basic block.</param>
    /// <param name="activation">The nonlinearity; null is ReLU.</param>
    public WideResNetBuilder Stage(int depth, int width, int stride = 1, double dropout = 0, IBlock? block = null, IActivation? activation = null) => Stage(new StageSpec
    {
        Depth = depth,
        Width = width,
        Stride = stride,
        Dropout = dropout,
        Block = block ?? new BasicBlock(),
        Activation = activation ?? new Relu(),
    });

    /// <summary>Adds a stage.</summary>
    public WideResNetBuilder Stage(StageSpec stage) => this with { Spec = Spec with { Stages = [.. Spec.Stages, stage] } };

    /// <summary>The nonlinearity before the pooling.</summary>
    public WideResNetBuilder FinalActivation(IActivation activation) => this with { Spec = Spec with { FinalActivation = activation } };

    /// <summary>How many classes.</summary>
    public WideResNetBuilder Classes(int classes) => this with { Spec = Spec with { Classes = classes } };

    /// <summary>Channels of the images: 3 for colour, 1 for greyscale.</summary>
    public WideResNetBuilder InputChannels(int channels) => this with { Spec = Spec with { InputChannels = channels } };

    /// <summary>What happens to pixels before the stem.</summary>
    public WideResNetBuilder NormalizedBy(Normalization normalization) => this with { Spec = Spec with { Normalization = normalization } };

    /// <summary>How features are normalised.</summary>
    public WideResNetBuilder FeaturesNormalizedBy(IFeatureNormalization normalization) => this with { Spec = Spec with { FeatureNormalization = normalization } };

    /// <summary>Where convolutions of stride 2 add zeros.</summary>
    public WideResNetBuilder Padding(Padding padding) => this with { Spec = Spec with { Padding = padding } };

    /// <summary>Lets every block start as its shortcut alone.</summary>
    public WideResNetBuilder ZeroInitResidual(bool zero = true) => this with { Spec = Spec with { ZeroInitResidual = zero } };

    /// <summary>The spec.</summary>
    /// <exception cref="InvalidDescriptionException">It has problems; all of them are listed.</exception>
    public WideResNetSpec ToSpec()
    {
        Spec.ThrowIfInvalid();
        return Spec;
    }
}
