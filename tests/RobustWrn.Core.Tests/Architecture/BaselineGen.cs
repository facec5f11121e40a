using CsCheck;

namespace RobustWrn.Core.Tests;

/// <summary>Random valid ResNets, VGGs and DenseNets, small enough to build by the hundred.</summary>
internal static class BaselineGen
{
    public static readonly Gen<ResNetSpec> ResNet =
        from network in SpecGen.Spec
        from blocks in Gen.OneOf(Gen.Const<IBlock>(new PostActivationBlock()), Gen.Int[1, 4].Select(expansion => (IBlock)new PostActivationBottleneck { Expansion = expansion })).Array[network.Stages.Count]
        select new ResNetSpec
        {
            Stem = network.Stem,
            StemActivation = network.FinalActivation,
            Stages = network.Stages.Select((stage, i) => stage with { Block = blocks[i] }).ToValueList(),
            Classes = network.Classes,
            InputChannels = network.InputChannels,
            Normalization = network.Normalization,
            FeatureNormalization = network.FeatureNormalization,
            Padding = network.Padding,
            ZeroInitResidual = network.ZeroInitResidual,
        };

    public static readonly Gen<VggSpec> Vgg =
        from network in SpecGen.Spec
        from stages in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 9], (depth, width) => new VggStage { Depth = depth, Width = width }).Array[1, 3]
        select new VggSpec
        {
            Stages = [.. stages],
            Activation = network.FinalActivation,
            Classes = network.Classes,
            InputChannels = network.InputChannels,
            Normalization = network.Normalization,
            FeatureNormalization = network.FeatureNormalization,
        };

    public static readonly Gen<DenseNetSpec> DenseNet =
        from network in SpecGen.Spec
        from stages in Gen.Select(Gen.Int[1, 4], Gen.Int[1, 9], (depth, width) => new DenseNetStage { Depth = depth, Width = width }).Array[1, 3]
        from growth in Gen.Int[1, 5]
        from factor in Gen.Int[1, 4]
        select new DenseNetSpec
        {
            Stages = [.. stages],
            Growth = growth,
            BottleneckFactor = factor,
            Activation = network.FinalActivation,
            Classes = network.Classes,
            InputChannels = network.InputChannels,
            Normalization = network.Normalization,
            FeatureNormalization = network.FeatureNormalization,
        };

    /// <summary>Any of the three.</summary>
    public static readonly Gen<INetworkSpec> Any = Gen.OneOf(ResNet.Select(spec => (INetworkSpec)spec), Vgg.Select(spec => (INetworkSpec)spec), DenseNet.Select(spec => (INetworkSpec)spec));
}
