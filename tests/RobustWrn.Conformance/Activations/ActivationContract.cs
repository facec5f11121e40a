using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Activations;

/// <summary>What any activation must keep, clause by clause. Each throws when an activation breaks it.</summary>
public static class ActivationContract
{
    public static IReadOnlyDictionary<string, Action<IActivation>> Clauses { get; } = new Dictionary<string, Action<IActivation>>
    {
        ["keeps shape and dtype"] = KeepsShapeAndDtype,
        ["has the gradient of its function"] = HasTheGradientOfItsFunction,
        ["stays finite far out"] = StaysFiniteFarOut,
        ["works place by place"] = WorksPlaceByPlace,
        ["bends"] = Bends,
        ["learns what its trace says"] = LearnsWhatItsTraceSays,
        ["leaves its input alone"] = LeavesItsInputAlone,
        ["releases its tensors"] = ReleasesItsTensors,
        ["is the same function in a frozen network"] = IsTheSameFunctionInAFrozenNetwork,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void KeepsShapeAndDtype(IActivation activation)
    {
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            foreach (int channels in (int[])[1, 6])
            {
                using nn.Module<Tensor, Tensor> module = Built(activation, channels, dtype);
                Tensor output = module.call(SharedClauses.Numbers([2, channels, 3, 4], dtype));
                Assert.Equal([2, channels, 3, 4], output.shape);
                Assert.Equal(dtype, output.dtype);
            }
        }
    }

    // Central differences, at points that are no kinks of anything piecewise linear at round numbers.
    private static void HasTheGradientOfItsFunction(IActivation activation)
    {
        const double Step = 1e-6;
        using nn.Module<Tensor, Tensor> module = Built(activation, 1, ScalarType.Float64);
        double[] points = [.. Enumerable.Range(0, 80).Select(i => -5.987 + 0.1503 * i)];
        Tensor at = tensor(points).reshape(1, 1, 1, -1).requires_grad_();
        module.call(at).sum().backward();
        using IDisposable guard = no_grad();
        Tensor above = module.call(at.detach().Plus(Step)), below = module.call(at.detach().Plus(-Step));
        Tensor difference = above.sub(below).Times(0.5 / Step);
        SharedClauses.AssertEqual(difference, at.grad!, 1e-5, "the gradient and the difference");
    }

    private static void StaysFiniteFarOut(IActivation activation)
    {
        using nn.Module<Tensor, Tensor> module = Built(activation, 1, ScalarType.Float32);
        Tensor far = tensor((float[])[-1e4f, -200, -90, 0, 90, 200, 1e4f]).reshape(1, 1, 1, -1).requires_grad_();
        Tensor output = module.call(far);
        output.sum().backward();
        Assert.True(output.isfinite().all().item<bool>(), "a value is not finite");
        Assert.True(far.grad!.isfinite().all().item<bool>(), "a gradient is not finite");
    }

    private static void WorksPlaceByPlace(IActivation activation)
    {
        using nn.Module<Tensor, Tensor> module = Built(activation, 3, ScalarType.Float64);
        Tensor input = SharedClauses.Numbers([3, 3, 4, 5]);
        SharedClauses.AssertEqual(module.call(input).flip(0, 2, 3), module.call(input.flip(0, 2, 3)), 1e-14, "turned round");
        SharedClauses.AssertEqual(module.call(input).narrow(2, 1, 2), module.call(input.narrow(2, 1, 2)), 1e-14, "cut out");
    }

    private static void Bends(IActivation activation)
    {
        using nn.Module<Tensor, Tensor> module = Built(activation, 1, ScalarType.Float64);
        double[] values = module.call(tensor((double[])[-2, 0, 2]).reshape(1, 1, 1, -1)).data<double>().ToArray();
        Assert.True(Math.Abs(values[0] - 2 * values[1] + values[2]) > 1e-3, "it is a straight line: a network of those is one linear map");
    }

    private static void LearnsWhatItsTraceSays(IActivation activation)
    {
        foreach (int channels in (int[])[1, 6])
        {
            using nn.Module<Tensor, Tensor> module = Built(activation, channels, ScalarType.Float32);
            CostTrace trace = new();
            FeatureMap input = new(channels, 4, 5), output = activation.Trace(trace, input);
            Assert.Equal((channels, 4, 5), (output.Channels, output.Height, output.Width));
            Assert.Equal(module.parameters().Sum(parameter => parameter.numel()), trace.Parameters);
            Assert.Empty(trace.Problems);
        }
    }

    private static void LeavesItsInputAlone(IActivation activation)
    {
        using nn.Module<Tensor, Tensor> module = Built(activation, 2, ScalarType.Float32);
        Tensor input = SharedClauses.Numbers([2, 2, 3, 3], ScalarType.Float32), before = input.clone();
        module.call(input);
        Assert.True(input.eq(before).all().item<bool>(), "the input changed");
    }

    private static void ReleasesItsTensors(IActivation activation)
    {
        using nn.Module<Tensor, Tensor> module = Built(activation, 2, ScalarType.Float32);
        Tensor input = SharedClauses.Numbers([2, 2, 3, 3], ScalarType.Float32);
        SharedClauses.ReleasesItsTensors(() => module.call(input).Dispose());
    }

    private static void IsTheSameFunctionInAFrozenNetwork(IActivation activation)
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(10, 1) with { FinalActivation = activation };
        ValueList<StageSpec> stages = spec.Stages.Select(stage => stage with { Activation = activation }).ToValueList();
        using Classifier network = (spec with { Stages = stages }).Build(seed: 3);
        network.to(ScalarType.Float64);
        network.eval();
        using FrozenNetwork? view = network.Freeze();
        Assert.NotNull(view);
        using IDisposable guard = no_grad();
        Tensor images = SharedClauses.Numbers([3, 3, 8, 8]).sigmoid();
        SharedClauses.AssertEqual(network.call(images), view.Logits(images), 1e-10, "the frozen view");
    }

    private static nn.Module<Tensor, Tensor> Built(IActivation activation, int channels, ScalarType dtype)
    {
        nn.Module<Tensor, Tensor> module = activation.Build(channels);
        module.to(dtype);
        return module;
    }
}
