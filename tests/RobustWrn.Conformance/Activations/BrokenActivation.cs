using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Activations;

/// <summary>An activation with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenActivation(string Fault, string Clause, Func<Tensor, Tensor> Run) : IActivation
{
    public static IReadOnlyList<BrokenActivation> All { get; } =
    [
        new("changes the dtype", "keeps shape and dtype", x => x.relu().to(ScalarType.Float32)),
        new("hides its gradient", "has the gradient of its function", x => x.mul(x.detach())),
        new("overflows", "stays finite far out", x => x.exp().Plus(1).log()),
        new("looks at its neighbours", "works place by place", x => x.relu().cumsum(2)),
        new("is a straight line", "bends", x => x.Times(0.5)),
        new("learns more than it says", "learns what its trace says", x => x.relu()),
        new("overwrites its input", "leaves its input alone", x => x.relu_().alias()),
        new("keeps a tensor", "releases its tensors", x => { x.clone().DetachFromDisposeScope(); return x.relu(); }),
        new("has no name in files", "describes itself", x => x.relu()),
    ];

    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        if (Clause == "learns what its trace says")
            trace.Learn(1);
        return trace.Elementwise(input, KeptForBackward.Input);
    }

    public nn.Module<Tensor, Tensor> Build(int channels) => new Module(Run);

    public IEnumerable<Problem> Problems() => [];

    private sealed class Module(Func<Tensor, Tensor> run) : nn.Module<Tensor, Tensor>(nameof(BrokenActivation))
    {
        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return run(input).MoveToOuterDisposeScope();
        }
    }
}
