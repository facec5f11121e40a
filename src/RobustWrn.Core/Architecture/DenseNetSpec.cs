using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A densely connected network with bottleneck layers (Huang, Liu et al. 2017, arXiv 1608.06993) whose stages are configured one by one:
/// stem convolution, stages of dense layers with a transition between them (normalisation, activation, 1x1 convolution,
/// 2x2 average pooling), normalisation, activation, global average pooling, linear layer. One of the networks that Huang et al.
/// 2021 repeat their findings on.
/// </summary>
/// <remarks>
/// New weights are drawn as in this library's wide residual networks (<see cref="ConvolutionLayer"/>, <see cref="LinearLayer"/>);
/// the authors' code leaves PyTorch's defaults.
/// </remarks>
public sealed record DenseNetSpec : INetworkSpec
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "dense-net";

    // 2^16 pixels a side: no image is larger.
    private const int MostStages = 17;

    /// <summary>DenseNet-121 for 32x32 images: depths 6, 12, 24, 16, widths 64 to 512, growth 32.</summary>
    public static DenseNetSpec DenseNet121 { get; } = Of(growth: 32, depths: [6, 12, 24, 16], widths: [64, 128, 256, 512]);

    /// <summary>The stages, 1 to 17. Images must have at least 2^(stages - 1) rows and columns.</summary>
    public ValueList<DenseNetStage> Stages { get; init; } = [];

    /// <summary>Channels that each layer adds. Default 32, DenseNet-121's.</summary>
    public int Growth { get; init; } = 32;

    /// <summary>Channels between a layer's two convolutions, for each that it adds. Default 4, the paper's.</summary>
    public int BottleneckFactor { get; init; } = 4;

    /// <summary>The nonlinearity. Default: ReLU.</summary>
    public IActivation Activation { get; init; } = new Relu();

    /// <summary>How many classes. Default 10.</summary>
    public int Classes { get; init; } = 10;

    /// <summary>Channels of the images. Default 3.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>What happens to pixels before the stem. Default: nothing, as in the code of Huang et al. 2021.</summary>
    public Normalization Normalization { get; init; } = Normalization.Identity;

    /// <summary>How features are normalised. Default: batch normalisation with PyTorch's numbers.</summary>
    public IFeatureNormalization FeatureNormalization { get; init; } = new BatchNormalization();

    /// <summary>A network of ReLU layers.</summary>
    /// <param name="growth">Channels that each layer adds.</param>
    /// <param name="depths">Layers per stage.</param>
    /// <param name="widths">Channels that enter each stage, as many as depths.</param>
    /// <exception cref="ArgumentException">There are not as many widths as depths.</exception>
    public static DenseNetSpec Of(int growth, ReadOnlySpan<int> depths, ReadOnlySpan<int> widths) =>
        new() { Growth = growth, Stages = SpecRules.Stages(depths, widths, (_, depth, width) => new DenseNetStage { Depth = depth, Width = width }) };

    /// <summary>The network with one stage changed: <c>spec.WithStage(^1, stage => stage with { Width = 256 })</c>.</summary>
    /// <param name="stage">Which one; <c>^1</c> is the last.</param>
    /// <param name="change">Makes the new stage from the old one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such stage.</exception>
    public DenseNetSpec WithStage(Index stage, Func<DenseNetStage, DenseNetStage> change) => this with { Stages = SpecRules.WithStage(Stages, stage, change) };

    /// <inheritdoc/>
    INetworkSpec INetworkSpec.WithNormalization(Normalization normalization) => this with { Normalization = normalization };

    /// <inheritdoc/>
    public string Name => BaselineName.Of(this);

    /// <inheritdoc/>
    public int SmallestSide => 1 << Math.Clamp((Stages?.Count ?? 0) - 1, 0, MostStages - 1);

    /// <inheritdoc/>
    public NetworkCost Cost(int height, int width) => NetworkTrace.Cost(this, height, width, Trace);

    /// <inheritdoc/>
    public Classifier Build(Seed seed, Device? device = null) => NetworkInitialization.Classifier(this, () => new DenseNet(this), Normalization, seed, device);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        Problem[] parts =
        [
            .. SpecRules.OfStages(Stages, stage => stage.Problems()),
            .. Rule.Holds(Stages is null || Stages.Count <= MostStages, nameof(Stages), $"must be at most {MostStages}, since each but the last halves the resolution, got {Stages?.Count}."),
            .. Rule.Positive(Growth, most: SpecLimits.MostChannels), .. Rule.Positive(BottleneckFactor, most: SpecLimits.MostChannels),
            .. Activation.ProblemsAs(nameof(Activation)),
            .. SpecRules.Of(this, FeatureNormalization, Normalization),
        ];
        return parts.Length > 0 ? parts : NetworkTrace.Problems(this, Trace);
    }

    private void Trace(NetworkTrace network)
    {
        network.Part("stem", $"{nameof(Stages)}[0]", (trace, image) => trace.Convolution(image, Stages[0].Width, 3));
        for (int s = 0; s < Stages.Count; s++)
        {
            (int stage, int depth) = (s, Stages[s].Depth);
            network.Part($"stage {s + 1}", $"{nameof(Stages)}[{s}]", (trace, features) =>
            {
                for (int i = 0; i < depth; i++)
                    features = DenseLayer.Trace(this, trace, features);
                return stage + 1 < Stages.Count ? DenseTransition.Trace(this, trace, features, Stages[stage + 1].Width) : features;
            }, depth);
        }
        network.Part("head", null, (trace, features) =>
            trace.Linear(trace.GlobalAveragePool(Activation.Trace(trace, FeatureNormalization.Trace(trace, features))), Classes));
    }
}
