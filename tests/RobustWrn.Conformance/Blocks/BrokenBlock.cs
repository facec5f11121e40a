using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Blocks;

/// <summary>A block with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenBlock(string Fault, string Clause, Func<Tensor, Tensor, Tensor> Combine) : IBlock
{
    public int Surplus { get; init; }

    public static IReadOnlyList<BrokenBlock> All { get; } =
    [
        new("forgets a weight in its cost", "costs what it builds", (_, main) => main.alias()) { Surplus = 1 },
        new("counts a convolution twice", "counts its multiply-adds", (_, main) => main.alias()) { Surplus = 2 },
        new("leaves out rows", "writes what its trace says", (_, main) => main.narrow(2, 0, main.shape[2] - 1)),
        new("stops gradients", "lets gradients through", (_, main) => main.detach()),
        new("looks at the batch", "treats an image alone as in a batch", (_, main) => main.sub(main.mean([0L], keepdim: true))),
        new("writes into its input", "leaves its input alone", (input, main) => { input.zero_(); return main.alias(); }),
        new("keeps a tensor", "releases its tensors", (_, main) => { main.clone().DetachFromDisposeScope(); return main.alias(); }),
        new("has no name in files", "describes itself", (_, main) => main.alias()),
    ];

    public int OutChannels(int width) => width;

    public FeatureMap Trace(CostTrace trace, FeatureMap input, BlockShape shape)
    {
        trace.Learn(-(Surplus & 1));
        if (Surplus == 2)
            _ = trace.Convolution(input, shape.Width, 1, shape.Stride);
        return trace.Convolution(input, shape.Width, 3, shape.Stride, padding: shape.Padding);
    }

    public nn.Module<Tensor, Tensor> Build(BlockShape shape) => new Module(shape, Combine);

    public IEnumerable<Problem> Problems() => [];

    private sealed class Module : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "convolution")]
        private readonly ConvolutionLayer _convolution;
        private readonly Func<Tensor, Tensor, Tensor> _combine;

        public Module(BlockShape shape, Func<Tensor, Tensor, Tensor> combine)
            : base(nameof(BrokenBlock))
        {
            _combine = combine;
            _convolution = new ConvolutionLayer(shape.InChannels, shape.Width, kernel: 3, shape.Stride, padding: shape.Padding);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return _combine(input, _convolution.call(input)).MoveToOuterDisposeScope();
        }
    }
}
