using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Mirrors left and right with probability one half: the augmentation of CIFAR training since He et al. 2016 (arXiv 1512.03385,
/// section 4.2).
/// </summary>
public sealed record HorizontalFlip : IAugmentation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "horizontal-flip";

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        AugmentedBatch.Check(images, examples);
        using DisposeScope scope = NewDisposeScope();
        Tensor mirrored = noise.For(TypeName).Uniform(examples, [1, 1, 1], device: images.device).IsBelow(0.5);
        return where(mirrored, images.flip(3), images).MoveToOuterDisposeScope();
    }
}
