using CsCheck;

namespace RobustWrn.Core.Tests;

/// <summary>Random valid networks, small enough to build by the hundred.</summary>
internal static class SpecGen
{
    public static readonly Gen<IActivation> Activation = Gen.OneOf<IActivation>(
        Gen.Const<IActivation>(new Relu()), Gen.Const<IActivation>(new Silu()), Gen.Double[0, 1].Select(slope => (IActivation)new LeakyRelu { Slope = slope }));

    public static readonly Gen<StageSpec> Stage =
        from depth in Gen.Int[1, 3]
        from width in Gen.Int[1, 9]
        from stride in Gen.Int[1, 3]
        from dropout in Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.99])
        from activation in Activation
        select new StageSpec { Depth = depth, Width = width, Stride = stride, Dropout = dropout, Activation = activation };

    public static readonly Gen<WideResNetSpec> Spec =
        from stages in Stage.Array[1, 4]
        from stemWidth in Gen.Int[1, 9]
        from stemStride in Gen.Int[1, 2]
        from channels in Gen.Int[1, 4]
        from classes in Gen.Int[2, 12]
        from activation in Activation
        from mean in Gen.Double[-1, 1].Array[channels]
        from normalised in Gen.Bool
        select new WideResNetSpec
        {
            Stem = new StemSpec { Width = stemWidth, Stride = stemStride },
            Stages = [.. stages],
            FinalActivation = activation,
            Classes = classes,
            InputChannels = channels,
            Normalization = normalised
                ? new Normalization { Mean = [.. mean], Std = [.. mean.Select(value => value * value + 0.1)] }
                : Normalization.Identity,
        };
}
