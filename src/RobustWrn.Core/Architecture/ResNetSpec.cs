using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A residual network that activates after its sums (He et al. 2016, arXiv 1512.03385) and whose stages are configured one by one:
/// stem convolution, normalisation, activation, stages of blocks, global average pooling, linear layer. One of the networks that Huang et
/// al. 2021 repeat their findings on.
/// </summary>
/// <remarks>
/// New weights are drawn as in this library's wide residual networks (<see cref="ConvolutionLayer"/>, <see cref="LinearLayer"/>);
/// the authors' code leaves PyTorch's defaults.
/// </remarks>
public sealed record ResNetSpec : INetworkSpec
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "res-net";

    /// <summary>ResNet-18 for 32x32 images: stages of 2 basic blocks, widths 64 to 512.</summary>
    public static ResNetSpec ResNet18 { get; } = Of(stem: 64, depths: [2, 2, 2, 2], widths: [64, 128, 256, 512]);

    /// <summary>
    /// ResNet-50 for 32x32 images: stages of 3, 4, 6 and 3 bottleneck blocks, widths 64 to 512, four times as many channels between
    /// blocks.
    /// </summary>
    public static ResNetSpec ResNet50 { get; } = Of(stem: 64, depths: [3, 4, 6, 3], widths: [64, 128, 256, 512]).WithBlock(new PostActivationBottleneck());

    /// <summary>
    /// The first convolution; a normalisation and an activation follow it always. Default: 3x3 to 64 channels, the code of Huang et al.
    /// 2021.
    /// </summary>
    public StemSpec Stem { get; init; } = new() { Width = 64 };

    /// <summary>The nonlinearity after the stem. Default: ReLU.</summary>
    public IActivation StemActivation { get; init; } = new Relu();

    /// <summary>
    /// The stages, at least one. Nothing is normalised after them, so their blocks should be <see cref="PostActivationBlock"/> or
    /// <see cref="PostActivationBottleneck"/>, as <see cref="Of"/> makes them, and not the pre-activation block that a
    /// <see cref="StageSpec"/> has by default.
    /// </summary>
    public ValueList<StageSpec> Stages { get; init; } = [];

    /// <summary>How many classes. Default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels of the images. Default 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>What happens to pixels before the stem. Default: nothing, as in the code of Huang et al. 2021.</summary>
    public Normalization Normalization { get; init; } = Normalization.Identity;

    /// <summary>How features are normalised. Default: batch normalisation with PyTorch's numbers.</summary>
    public IFeatureNormalization FeatureNormalization { get; init; } = new BatchNormalization();

    /// <summary>Where convolutions of stride 2 add zeros. Default: symmetric, PyTorch's.</summary>
    public Padding Padding { get; init; }

    /// <summary>
    /// Whether residual branches start at zero: the scale of their last normalisation does (Goyal et al. 2017, arXiv 1706.02677).
    /// Default: no.
    /// </summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>A network of basic ReLU blocks: stride 1 in the first stage, 2 in the others.</summary>
    /// <param name="stem">Channels of the stem.</param>
    /// <param name="depths">Blocks per stage.</param>
    /// <param name="widths">Channels per stage, as many as depths.</param>
    /// <exception cref="ArgumentException">There are not as many widths as depths.</exception>
    public static ResNetSpec Of(int stem, ReadOnlySpan<int> depths, ReadOnlySpan<int> widths)
    {
        ValueList<StageSpec> stages = SpecRules.Stages(depths, widths, (i, depth, width) =>
            new StageSpec { Depth = depth, Width = width, Stride = i == 0 ? 1 : 2, Block = new PostActivationBlock() });
        return new ResNetSpec { Stem = new StemSpec { Width = stem }, Stages = stages };
    }

    /// <summary>The network with one kind of block in all stages.</summary>
    public ResNetSpec WithBlock(IBlock block) => this with { Stages = Stages.Select(stage => stage with { Block = block }).ToValueList() };

    /// <summary>The network with one activation after the stem and in all stages.</summary>
    public ResNetSpec WithActivation(IActivation activation) => this with
    {
        StemActivation = activation,
        Stages = Stages.Select(stage => stage with { Activation = activation }).ToValueList(),
    };

    /// <summary>The network with one stage changed: <c>spec.WithStage(^1, stage => stage with { Width = 256 })</c>.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="change">Makes the new stage from the old one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public ResNetSpec WithStage(Index stage, Func<StageSpec, StageSpec> change) => this with { Stages = SpecRules.WithStage(Stages, stage, change) };

    /// <inheritdoc/>
    INetworkSpec INetworkSpec.WithNormalization(Normalization normalization) => this with { Normalization = normalization };

    /// <inheritdoc/>
    public string Name => BaselineName.Of(this);

    /// <inheritdoc/>
    public NetworkCost Cost(int height, int width) => NetworkTrace.Cost(this, height, width, Trace);

    /// <inheritdoc/>
    public Classifier Build(Seed seed, Device? device = null) => NetworkInitialization.Classifier(this, () => new ResNet(this), Normalization, seed, device);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        Problem[] parts =
        [
            .. Stem is null ? [new Problem(nameof(Stem), "must be given, got null.")] : Stem.Problems().Select(problem => problem.Within(nameof(Stem))),
            .. StemActivation.ProblemsAs(nameof(StemActivation)),
            .. SpecRules.OfStages(Stages, stage => stage.Problems()),
            .. Rule.Known(Padding),
            .. SpecRules.Of(this, FeatureNormalization, Normalization),
        ];
        return parts.Length > 0 ? parts : NetworkTrace.Problems(this, Trace);
    }

    internal BlockShape Shape(int stage, int block)
    {
        StageSpec spec = Stages[stage];
        int before = block > 0 ? spec.OutChannels : stage == 0 ? Stem.Width : Stages[stage - 1].OutChannels;
        return new BlockShape(before, spec.Width, block == 0 ? spec.Stride : 1)
        {
            Activation = spec.Activation,
            Dropout = spec.Dropout,
            Normalization = FeatureNormalization,
            Padding = Padding,
            ZeroInitResidual = ZeroInitResidual,
        };
    }

    private void Trace(NetworkTrace network)
    {
        network.Part("stem", nameof(Stem), (trace, image) =>
        {
            FeatureMap features = trace.Convolution(image, Stem.Width, Stem.Kernel, Stem.Stride, padding: Padding);
            features = StemActivation.Trace(trace, FeatureNormalization.Trace(trace, features));
            return Stem.Pooled ? trace.MaxPool(features, stride: 2) : features;
        });
        for (int s = 0; s < Stages.Count; s++)
        {
            int stage = s;
            network.Stage(s + 1, Stages[s].Depth, $"{nameof(Stages)}[{s}].{nameof(StageSpec.Block)}",
                (trace, features, block) => Stages[stage].Block.Trace(trace, features, Shape(stage, block)));
        }
        network.Part("head", null, (trace, features) => trace.Linear(trace.GlobalAveragePool(features), Classes));
    }
}
