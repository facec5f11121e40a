using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>An augmentation with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenAugmentation(string Fault, string Clause, Func<Tensor, RandomStream, long[], Tensor> Run) : IAugmentation
{
    public static IReadOnlyList<BrokenAugmentation> All { get; } =
    [
        new("leaves the range", "keeps shape, dtype and range", (images, _, _) => images.Times(2)),
        new("cuts the images", "keeps shape, dtype and range", (images, _, _) => images.narrow(2, 1, 4)),
        new("draws by position", "treats an example alone as in a batch", (images, noise, examples) =>
            images.mul(noise.Uniform([.. examples.Select((_, i) => (long)i)], [1, 1, 1]))),
        new("draws nothing", "differs between epochs and examples", (images, _, _) => images.flip(3)),
        new("works in place", "leaves its input alone", (images, _, _) => images.zero_().alias()),
        new("keeps a tensor", "releases its tensors", (images, _, _) =>
            { images.clone().DetachFromDisposeScope(); return images.flip(2); }),
        new("has no name in files", "describes itself", (images, _, _) => images.alias()),
    ];

    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        long[] ids = examples.ToArray();
        using DisposeScope scope = NewDisposeScope();
        return Run(images, noise, ids).MoveToOuterDisposeScope();
    }

    public IEnumerable<Problem> Problems() => [];
}
