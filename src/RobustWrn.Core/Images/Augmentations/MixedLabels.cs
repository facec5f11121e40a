using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The labels of images that were each mixed of two: two classes, and the share of the first. A loss that is linear in the target,
/// as cross-entropy is, with label smoothing too, is the average of its values for the two classes, so nobody needs the number of
/// classes. Owns its tensors.
/// </summary>
/// <param name="first">The image's own class, int64 (N).</param>
/// <param name="second">The class of the other image, int64 (N).</param>
/// <param name="share">The share of the first, float32 (N) in [0, 1].</param>
public sealed class MixedLabels(Tensor first, Tensor second, Tensor share) : IDisposable
{
    /// <summary>The image's own class, int64 (N).</summary>
    public Tensor First { get; } = first;

    /// <summary>The class of the other image, int64 (N); the same as <see cref="First"/> where nothing was mixed.</summary>
    public Tensor Second { get; } = second;

    /// <summary>The share of the first, float32 (N) in [0, 1]; 1 where nothing was mixed.</summary>
    public Tensor Share { get; } = share;

    /// <summary>A loss for these labels, from the same loss for plain ones.</summary>
    /// <param name="loss">From plain labels, int64 (N), to a loss for each example, (N), linear in the target.</param>
    /// <returns>The loss of each example, (N), with its graph. The caller disposes it.</returns>
    public Tensor Weigh(Func<Tensor, Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        using DisposeScope scope = NewDisposeScope();
        (Tensor first, Tensor second) = (loss(First), loss(Second));
        // second + share * (first - second) would not be exactly the first for a share of 1.
        Tensor share = Share.to(first.dtype);
        return first.mul(share).Plus(second.mul(share.Times(-1.0).Plus(1))).MoveToOuterDisposeScope();
    }

    /// <summary>The labels of a range of the images.</summary>
    /// <param name="from">The first.</param>
    /// <param name="count">How many.</param>
    /// <returns>A view of the same memory. The caller disposes it.</returns>
    public MixedLabels Narrow(long from, long count) => new(First.narrow(0, from, count), Second.narrow(0, from, count), Share.narrow(0, from, count));

    /// <summary>The class with the larger share, the first of equals: what a loss takes that knows plain labels only.</summary>
    /// <returns>Int64 (N). The caller disposes it.</returns>
    public Tensor Dominant()
    {
        using DisposeScope scope = NewDisposeScope();
        return where(Share.IsAtLeast(0.5), First, Second).MoveToOuterDisposeScope();
    }

    /// <summary>The probability of each class.</summary>
    /// <param name="classes">How many classes there are.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <returns>(N, classes), each row with the sum 1. The caller disposes it.</returns>
    public Tensor Distribution(long classes, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor share = Share.to(dtype).unsqueeze(1);
        return zeros([First.shape[0], classes], dtype, First.device)
            .scatter_add_(1, First.unsqueeze(1), share)
            .scatter_add_(1, Second.unsqueeze(1), share.Times(-1.0).Plus(1))
            .MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
        Share.Dispose();
    }
}
