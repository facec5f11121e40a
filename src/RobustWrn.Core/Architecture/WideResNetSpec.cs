using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A wide residual network whose stages are configured one by one (Huang et al., NeurIPS 2021, arXiv 2110.03825):
/// stem, stages of residual blocks, batch norm, activation, global average pooling, linear layer.
/// </summary>
public sealed record WideResNetSpec : INetworkSpec
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "wide-res-net";

    /// <summary>
    /// WRN-34-R, the best configuration found in the 2021 paper: widths 320-640-512, depths 5-5-5 (arXiv 2110.03825, section 5).
    /// </summary>
    public static WideResNetSpec Wrn34R { get; } = Of(stem: 16, depths: [5, 5, 5], widths: [320, 640, 512]);

    /// <summary>The first convolution.</summary>
    public StemSpec Stem { get; init; } = new();

    /// <summary>The stages, at least one.</summary>
    public ValueList<StageSpec> Stages { get; init; } = [];

    /// <summary>The nonlinearity before the pooling. Default: ReLU, which the 2021 code uses whatever the stages have.</summary>
    public IActivation FinalActivation { get; init; } = new Relu();

    /// <summary>How many classes. Default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels of the images. Default 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>What happens to pixels before the stem. Default: nothing, as in the 2021 code.</summary>
    public Normalization Normalization { get; init; } = Normalization.Identity;

    /// <summary>How features are normalised. Default: batch normalisation with PyTorch's numbers, as in the 2021 code.</summary>
    public IFeatureNormalization FeatureNormalization { get; init; } = new BatchNormalization();

    /// <summary>Where convolutions of stride 2 add zeros. Default: symmetric, as in the 2021 code.</summary>
    public Padding Padding { get; init; }

    /// <summary>
    /// Whether every block starts as its shortcut alone: the last convolution of its residual branch starts at zero (Goyal et al.
    /// 2017 zero the last normalisation, which in a pre-activation block stands before a ReLU and would never get a gradient). Default:
    /// no, as in the 2021 code.
    /// </summary>
    public bool ZeroInitResidual { get; init; }

    /// <summary>
    /// WRN-depth-widen for 32x32 images (Zagoruyko and Komodakis 2016): three stages of (depth - 4) / 6 blocks, widths 16, 32,
    /// 64 times the widen factor, strides 1, 2, 2.
    /// </summary>
    /// <param name="depth">Total depth, 6n + 4: 10, 16, 22, 28, 34, ...</param>
    /// <param name="widen">Widen factor, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 4, or the factor is not in [1, 1000000].</exception>
    public static WideResNetSpec Wrn(int depth, int widen)
    {
        if (depth < 10 || (depth - 4) % 6 != 0)
            throw new ArgumentOutOfRangeException(nameof(depth), $"depth must be 6n + 4 with n of at least 1 (10, 16, 22, 28, 34, ...), got {depth}. Use WideResNetSpec.Of for other depths per stage.");
        if (widen is < 1 or > 1_000_000)
            throw new ArgumentOutOfRangeException(nameof(widen), $"widen must be in [1, 1000000], got {widen}. The published networks have 1 to 20.");
        int blocks = (depth - 4) / 6;
        return Of(stem: 16, depths: [blocks, blocks, blocks], widths: [16 * widen, 32 * widen, 64 * widen]);
    }

    /// <summary>A network of basic ReLU blocks: stride 1 in the first stage, 2 in the others.</summary>
    /// <param name="stem">Channels of the stem.</param>
    /// <param name="depths">Blocks per stage.</param>
    /// <param name="widths">Channels per stage, as many as depths.</param>
    /// <exception cref="ArgumentException">There are not as many widths as depths.</exception>
    public static WideResNetSpec Of(int stem, ReadOnlySpan<int> depths, ReadOnlySpan<int> widths)
    {
        ValueList<StageSpec> stages = SpecRules.Stages(depths, widths, (i, depth, width) => new StageSpec { Depth = depth, Width = width, Stride = i == 0 ? 1 : 2 });
        return new WideResNetSpec { Stem = new StemSpec { Width = stem }, Stages = stages };
    }

    /// <summary>
    /// WRN-depth-widen as on the leaderboards: <see cref="Wrn"/> with the <see cref="WithLeaderboardConventions">conventions</see> of
    /// Gowal et al. 2020.
    /// </summary>
    /// <param name="depth">Total depth, 6n + 4.</param>
    /// <param name="widen">Widen factor.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 4, or the factor is not in [1, 1000000].</exception>
    public static WideResNetSpec Gowal(int depth, int widen) => Wrn(depth, widen).WithLeaderboardConventions();

    /// <summary>
    /// The network with the conventions of Gowal et al. 2020 (arXiv 2010.03593), which Rebuffi, Wang, Peng and Bartoldson kept:
    /// SiLU everywhere, SAME padding, batch norm of momentum 0.01, shortcuts that read the activated input, and pixels normalised by the
    /// means and standard deviations of CIFAR-10.
    /// </summary>
    public WideResNetSpec WithLeaderboardConventions() => WithBlock(new BasicBlock { Shortcut = ShortcutInput.Activated }).WithActivation(new Silu()) with
    {
        Padding = Padding.Same,
        FeatureNormalization = new BatchNormalization { Momentum = 0.01 },
        Normalization = Normalization.Cifar10,
    };

    /// <summary>The network with one kind of block in all stages.</summary>
    public WideResNetSpec WithBlock(IBlock block) => this with { Stages = Stages.Select(stage => stage with { Block = block }).ToValueList() };

    /// <summary>The network with one activation in all stages and before the pooling.</summary>
    public WideResNetSpec WithActivation(IActivation activation) => this with
    {
        Stages = Stages.Select(stage => stage with { Activation = activation }).ToValueList(),
        FinalActivation = activation,
    };

    /// <summary>The network with one stage changed: <c>spec.WithStage(^1, stage => stage with { Width = 256 })</c>.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="change">Makes the new stage from the old one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public WideResNetSpec WithStage(Index stage, Func<StageSpec, StageSpec> change) => this with { Stages = SpecRules.WithStage(Stages, stage, change) };

    /// <summary>The network with other depths, one a stage.</summary>
    /// <exception cref="ArgumentException">There are not as many depths as stages.</exception>
    public WideResNetSpec WithDepths(params ReadOnlySpan<int> depths)
    {
        if (depths.Length != Stages.Count)
            throw new ArgumentException($"there must be one depth for each of the {Quantity.Of(Stages.Count, "stage")}, got {depths.Length}.", nameof(depths));
        StageSpec[] stages = [.. Stages];
        for (int i = 0; i < stages.Length; i++)
            stages[i] = stages[i] with { Depth = depths[i] };
        return this with { Stages = [.. stages] };
    }

    /// <inheritdoc/>
    INetworkSpec INetworkSpec.WithNormalization(Normalization normalization) => this with { Normalization = normalization };

    /// <inheritdoc/>
    public string Name => WideResNetName.Of(this);

    /// <inheritdoc/>
    public NetworkCost Cost(int height, int width) => NetworkTrace.Cost(this, height, width, network => WideResNetCost.Trace(this, network));

    /// <inheritdoc/>
    public Classifier Build(Seed seed, Device? device = null) => NetworkInitialization.Classifier(this, () => new WideResNet(this), Normalization, seed, device);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        Problem[] parts =
        [
            .. Stem is null ? [new Problem(nameof(Stem), "must be given, got null.")] : Stem.Problems().Select(problem => problem.Within(nameof(Stem))),
            .. SpecRules.OfStages(Stages, stage => stage.Problems()),
            .. FinalActivation.ProblemsAs(nameof(FinalActivation)),
            .. Rule.Known(Padding),
            .. SpecRules.Of(this, FeatureNormalization, Normalization),
        ];
        return parts.Length > 0 ? parts : NetworkTrace.Problems(this, network => WideResNetCost.Trace(this, network));
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
}
