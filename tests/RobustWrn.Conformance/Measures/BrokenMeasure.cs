using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Measures;

/// <summary>A measure with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenMeasure(string Fault, string Clause, Func<PairContext, Tensor> Run) : IPairMeasure
{
    public string Name => Fault;

    /// <summary>One measure a fault, with the clause it breaks.</summary>
    public static IReadOnlyList<BrokenMeasure> All { get; } =
    [
        new("gives one number a block", "gives one finite number a pair", context => context.Logits.sum().reshape(1)),
        new("divides by the way of images that did not move", "gives one finite number a pair", context => Change(context) / context.Pairs.Threat.Distance(context.Pairs.Perturbed, context.Pairs.Images)),
        new("divides by the block's mean", "measures a pair alone as in a batch", context => Change(context) / Change(context).mean()),
        new("moves in place", "leaves the pairs alone", context => { context.Pairs.Perturbed.mul_(context.Pairs.Perturbed); return Change(context); }),
        new("keeps a tensor", "releases its tensors", context => { Change(context).DetachFromDisposeScope(); return Change(context); }),
        new("has no name in files", "describes itself", Change),
    ];

    public Tensor PerExample(PairContext context) => Run(context);

    public IEnumerable<Problem> Problems() => [];

    private static Tensor Change(PairContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        return (context.PerturbedLogits - context.Logits).abs().sum(1).MoveToOuterDisposeScope();
    }
}
