using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;
using Padding = RobustWrn.Core.Padding;

namespace RobustWrn.Conformance.Blocks;

/// <summary>What any block must keep, clause by clause. Each throws when a block breaks it.</summary>
public static class BlockContract
{
    private const int Rows = 7, Columns = 5;

    public static IReadOnlyDictionary<string, Action<IBlock>> Clauses { get; } = new Dictionary<string, Action<IBlock>>
    {
        ["writes what its trace says"] = WritesWhatItsTraceSays,
        ["costs what it builds"] = CostsWhatItBuilds,
        ["counts its multiply-adds"] = CountsItsMultiplyAdds,
        ["lets gradients through"] = LetsGradientsThrough,
        ["treats an image alone as in a batch"] = TreatsAnImageAloneAsInABatch,
        ["leaves its input alone"] = LeavesItsInputAlone,
        ["releases its tensors"] = ReleasesItsTensors,
        ["is the same function frozen"] = IsTheSameFunctionFrozen,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    // Channels that keep, double and triple; strides of 1 to 3; all that a place can ask for.
    private static IEnumerable<BlockShape> Shapes(IBlock block)
    {
        BlockShape plain = new(block.OutChannels(16), 16, 1);
        return
        [
            plain, new(16, 32, 2), new(24, 16, 3), plain with { Activation = new Silu(), Padding = Padding.Same },
                new(16, 32, 2) { Padding = Padding.Same },
            plain with { Normalization = new GroupNormalization() }, plain with { ZeroInitResidual = true }, plain with { Dropout = 0.3 },
        ];
    }

    private static void WritesWhatItsTraceSays(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            FeatureMap traced = block.Trace(new CostTrace(), new FeatureMap(shape.InChannels, Rows, Columns), shape);
            Assert.Equal((block.OutChannels(shape.Width), Strided(Rows, shape), Strided(Columns, shape)),
                (traced.Channels, traced.Height, traced.Width));
            Assert.Equal([2, traced.Channels, traced.Height, traced.Width], built.Of(2).shape);
        }
    }

    private static void CostsWhatItBuilds(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            CostTrace trace = built.Trace();
            Assert.Empty(trace.Problems);
            Assert.Equal(built.Module.parameters().Sum(parameter => parameter.numel()), trace.Parameters);
        }
    }

    private static void CountsItsMultiplyAdds(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            long counted = 0;
            foreach (ConvolutionLayer layer in built.Module.modules().OfType<ConvolutionLayer>())
                layer.register_forward_hook((module, _, output) =>
                    { counted += ((ConvolutionLayer)module).Weight.numel() * output.shape[2] * output.shape[3]; return output; });
            foreach (LinearLayer layer in built.Module.modules().OfType<LinearLayer>())
                layer.register_forward_hook((_, input, output) => { counted += input.shape[1] * output.shape[1]; return output; });
            built.Of(1);
            Assert.Equal(counted, built.Trace().MultiplyAdds);
        }
    }

    private static void LetsGradientsThrough(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block).Where(shape => !shape.ZeroInitResidual))
        {
            using Built built = new(block, shape);
            built.Module.train();
            Tensor input = SharedClauses.Numbers([4, shape.InChannels, Rows, Columns]).requires_grad_();
            Tensor output = built.Module.call(input);
            Assert.True(output.requires_grad, "the output has no graph");
            // Not the sum alone, which a normalisation holds still.
            output.mul(SharedClauses.Numbers(output.shape, seed: 4)).sum().backward();
            Assert.True(input.grad!.isfinite().all().item<bool>() && input.grad.abs().max().item<double>() > 0,
                "the input has no gradient");
            // Published blocks have weights that one place or another does not use.
            foreach ((string name, TorchSharp.Modules.Parameter parameter) in built.Module.named_parameters())
                Assert.True(parameter.grad is not { } gradient || gradient.isfinite().all().item<bool>(), $"the gradient of {name} is not finite");
            Assert.Contains(built.Module.parameters(), parameter => parameter.grad is { } gradient && gradient.abs().max().item<double>() > 0);
        }
    }

    private static void TreatsAnImageAloneAsInABatch(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            Tensor together = built.Of(3);
            SharedClauses.AssertEqual(together.narrow(0, 1, 1), built.Module.call(built.Input(3).narrow(0, 1, 1)), 1e-10,
                "alone and in a batch");
        }
    }

    private static void LeavesItsInputAlone(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            Tensor input = built.Input(2), before = input.clone();
            built.Module.call(input);
            Assert.True(input.eq(before).all().item<bool>(), "the input changed");
        }
    }

    private static void ReleasesItsTensors(IBlock block)
    {
        foreach (BlockShape shape in Shapes(block))
        {
            using Built built = new(block, shape);
            Tensor input = built.Input(2);
            SharedClauses.ReleasesItsTensors(() => built.Module.call(input).Dispose());
        }
    }

    private static void IsTheSameFunctionFrozen(IBlock block)
    {
        foreach (WideResNetSpec spec in (WideResNetSpec[])[Network(block),
            Network(block) with { Padding = Padding.Same, FeatureNormalization = new GroupNormalization { ChannelsPerGroup = 4 } }])
        {
            using Classifier network = spec.Build(seed: 2);
            network.to(ScalarType.Float64);
            using Tensor images = SharedClauses.Numbers([4, 3, 9, 8]).sigmoid();
            // A step in training mode gives batch norms statistics that are not 0 and 1.
            network.train();
            network.call(images).Dispose();
            network.eval();
            using FrozenNetwork? view = network.Freeze();
            Assert.NotNull(view);
            using IDisposable guard = no_grad();
            SharedClauses.AssertEqual(network.call(images), view.Logits(images), 1e-9, "the frozen view");
        }
    }

    private static WideResNetSpec Network(IBlock block)
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 16, depths: [1, 2], widths: [16, 32]);
        return spec with { Stages = spec.Stages.Select((stage, i) => stage with { Block = block, Stride = i + 1 }).ToValueList() };
    }

    private static int Strided(int size, BlockShape shape) => (size + shape.Stride - 1) / shape.Stride;

    /// <summary>A block's module in evaluation mode, in float64, with weights drawn.</summary>
    private sealed class Built : IDisposable
    {
        private readonly IBlock _block;
        private readonly BlockShape _shape;

        public Built(IBlock block, BlockShape shape)
        {
            (_block, _shape) = (block, shape);
            Module = block.Build(shape);
            NetworkInitialization.Draw(Module, RandomStream.From(1));
            Module.to(ScalarType.Float64);
            Module.eval();
        }

        public nn.Module<Tensor, Tensor> Module { get; }

        public Tensor Input(int count) => SharedClauses.Numbers([count, _shape.InChannels, Rows, Columns]);

        public Tensor Of(int count) => Module.call(Input(count));

        public CostTrace Trace()
        {
            CostTrace trace = new();
            _block.Trace(trace, new FeatureMap(_shape.InChannels, Rows, Columns), _shape);
            return trace;
        }

        public void Dispose() => Module.Dispose();
    }
}
