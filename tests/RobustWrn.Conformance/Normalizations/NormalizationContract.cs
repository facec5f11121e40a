using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Normalizations;

/// <summary>What any normalisation of features must keep, clause by clause. Each throws when one breaks it.</summary>
public static class NormalizationContract
{
    private const int Channels = 16;

    public static IReadOnlyDictionary<string, Action<IFeatureNormalization>> Clauses { get; } = new Dictionary<string,
        Action<IFeatureNormalization>>
    {
        ["keeps shape and dtype"] = KeepsShapeAndDtype,
        ["centres and scales"] = CentresAndScales,
        ["learns what its trace says"] = LearnsWhatItsTraceSays,
        ["treats an image alone as in a batch in evaluation"] = TreatsAnImageAlone,
        ["leaves its input alone"] = LeavesItsInputAlone,
        ["is the same function in a frozen network"] = IsTheSameFunctionInAFrozenNetwork,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void KeepsShapeAndDtype(IFeatureNormalization normalization)
    {
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            using nn.Module<Tensor, Tensor> module = Built(normalization, dtype);
            Tensor output = module.call(SharedClauses.Numbers([4, Channels, 5, 3], dtype));
            Assert.Equal([4, Channels, 5, 3], output.shape);
            Assert.Equal(dtype, output.dtype);
        }
    }

    // Scale 1 and shift 0 at first: over everything the mean is 0 and the mean square 1, whichever numbers share their statistics.
    private static void CentresAndScales(IFeatureNormalization normalization)
    {
        using nn.Module<Tensor, Tensor> module = Built(normalization, ScalarType.Float64);
        Tensor output = module.call(SharedClauses.Numbers([8, Channels, 6, 6]).Times(3).Plus(5));
        Assert.Equal(0, output.mean().item<double>(), 6);
        Assert.Equal(1, output.mul(output).mean().item<double>(), 3);
    }

    private static void LearnsWhatItsTraceSays(IFeatureNormalization normalization)
    {
        using nn.Module<Tensor, Tensor> module = Built(normalization, ScalarType.Float32);
        CostTrace trace = new();
        FeatureMap output = normalization.Trace(trace, new FeatureMap(Channels, 5, 3));
        Assert.Equal((Channels, 5, 3), (output.Channels, output.Height, output.Width));
        Assert.Equal(module.parameters().Sum(parameter => parameter.numel()), trace.Parameters);
        Assert.Empty(trace.Problems);
    }

    private static void TreatsAnImageAlone(IFeatureNormalization normalization)
    {
        using nn.Module<Tensor, Tensor> module = Built(normalization, ScalarType.Float64);
        Tensor input = SharedClauses.Numbers([5, Channels, 4, 4]);
        module.call(input);
        module.eval();
        SharedClauses.AssertEqual(module.call(input).narrow(0, 2, 1), module.call(input.narrow(0, 2, 1)), 1e-12, "alone and in a batch");
    }

    private static void LeavesItsInputAlone(IFeatureNormalization normalization)
    {
        using nn.Module<Tensor, Tensor> module = Built(normalization, ScalarType.Float32);
        Tensor input = SharedClauses.Numbers([2, Channels, 3, 3], ScalarType.Float32), before = input.clone();
        module.call(input);
        Assert.True(input.eq(before).all().item<bool>(), "the input changed");
    }

    private static void IsTheSameFunctionInAFrozenNetwork(IFeatureNormalization normalization)
    {
        using Classifier network = (WideResNetSpec.Wrn(10, 1) with { FeatureNormalization = normalization }).Build(seed: 3);
        network.to(ScalarType.Float64);
        using IDisposable guard = no_grad();
        Tensor images = SharedClauses.Numbers([4, 3, 8, 8]).sigmoid();
        network.train();
        network.call(images);
        network.eval();
        using FrozenNetwork? view = network.Freeze();
        Assert.NotNull(view);
        SharedClauses.AssertEqual(network.call(images), view.Logits(images), 1e-9, "the frozen view");
    }

    private static nn.Module<Tensor, Tensor> Built(IFeatureNormalization normalization, ScalarType dtype)
    {
        nn.Module<Tensor, Tensor> module = normalization.Build(Channels);
        module.to(dtype);
        module.train();
        return module;
    }
}
