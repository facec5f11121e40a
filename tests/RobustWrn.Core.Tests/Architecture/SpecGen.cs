using CsCheck;

namespace RobustWrn.Core.Tests;

/// <summary>Random valid networks, small enough to build by the hundred.</summary>
internal static class SpecGen
{
    public static readonly Gen<IActivation> Activation = Gen.OneOf<IActivation>(
        Gen.Const<IActivation>(new Relu()), Gen.Const<IActivation>(new Silu()), Gen.Double[0, 1].Select(slope => (IActivation)new LeakyRelu { Slope = slope }),
        Gen.Bool.Select(perChannel => (IActivation)new PRelu { PerChannel = perChannel }), Gen.Const<IActivation>(new Mish()), Gen.Const<IActivation>(new Gelu()),
        Gen.Double[0.5, 4].Select(beta => (IActivation)new Softplus { Beta = beta }), Gen.Double[0.5, 2].Select(alpha => (IActivation)new Elu { Alpha = alpha }),
        Gen.Double[0, 0.5].Select(beta => (IActivation)new ParametricSilu { Beta = beta, Alpha = 1 + beta }));

    public static readonly Gen<ShortcutInput> Shortcut = Among(ShortcutInput.ActivatedWhereWidthChanges, ShortcutInput.Activated);

    public static readonly Gen<IBlock> Block = Gen.OneOf<IBlock>(
        Shortcut.Select(shortcut => (IBlock)new BasicBlock { Shortcut = shortcut }),
        Gen.Select(Shortcut, Gen.Double[0.55, 1], Among(Enum.GetValues<SqueezePlacement>()), Gen.Bool).Select((shortcut, ratio, placement, bias) =>
            (IBlock)new SqueezeExcitationBlock { Shortcut = shortcut, Ratio = ratio, Placement = placement, Bias = bias }),
        Gen.Select(Shortcut, Gen.Int[1, 4]).Select((shortcut, expansion) => (IBlock)new BottleneckBlock { Shortcut = shortcut, Expansion = expansion }),
        Gen.Select(Gen.Int[2, 5], Gen.Int[160, 350], Gen.Int[1, 2], Gen.Int[1, 4]).Select((scales, baseWidth, cardinality, reduction) =>
            (IBlock)new RobustResBlock { Scales = scales, BaseWidth = baseWidth, Cardinality = cardinality, SqueezeReduction = reduction }),
        Gen.Const<IBlock>(new PostActivationBlock()), Gen.Int[1, 4].Select(expansion => (IBlock)new PostActivationBottleneck { Expansion = expansion }));

    public static readonly Gen<IFeatureNormalization> FeatureNormalization = Gen.OneOf<IFeatureNormalization>(
        Gen.Select(Gen.Double[0.001, 1], Gen.Double[1e-6, 1e-3]).Select((momentum, epsilon) => (IFeatureNormalization)new BatchNormalization { Momentum = momentum, Epsilon = epsilon }),
        Among(1, 1000).Select(channels => (IFeatureNormalization)new GroupNormalization { ChannelsPerGroup = channels }));

    public static readonly Gen<StageSpec> Stage =
        from depth in Gen.Int[1, 3]
        from width in Gen.Int[1, 9]
        from stride in Gen.Int[1, 3]
        from dropout in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.99])
        from block in Block
        from activation in Activation
        select new StageSpec { Depth = depth, Width = width, Stride = stride, Dropout = dropout, Block = block, Activation = activation };

    public static readonly Gen<StemSpec> Stem =
        from width in Gen.Int[1, 9]
        from stride in Gen.Int[1, 2]
        from kernel in Among(1, 3, 5, 7)
        from pooled in Gen.Bool
        select new StemSpec { Width = width, Stride = stride, Kernel = kernel, Pooled = pooled };

    public static readonly Gen<WideResNetSpec> Spec =
        from stages in Stage.Array[1, 4]
        from stem in Stem
        from channels in Gen.Int[1, 4]
        from classes in Gen.Int[2, 12]
        from activation in Activation
        from normalization in FeatureNormalization
        from padding in Among(Padding.Symmetric, Padding.Same)
        from zero in Gen.Bool
        from mean in Gen.Double[-1, 1].Array[channels]
        from normalised in Gen.Bool
        select new WideResNetSpec
        {
            Stem = stem,
            Stages = [.. stages],
            FinalActivation = activation,
            Classes = classes,
            InputChannels = channels,
            FeatureNormalization = normalization,
            Padding = padding,
            ZeroInitResidual = zero,
            Normalization = normalised
                ? new Normalization { Mean = [.. mean], Std = [.. mean.Select(value => value * value + 0.1)] }
                : Normalization.Identity,
        };

    public static Gen<T> Among<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
