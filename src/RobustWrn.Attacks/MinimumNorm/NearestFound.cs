using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The nearest image so far that fools the model, of each example. Its tensors belong to the dispose scope it is made in.</summary>
internal sealed class NearestFound
{
    private readonly Tensor _images, _distances;

    /// <summary>What is fooled unchanged is done at distance 0: nothing is smaller than no change.</summary>
    public NearestFound(AttackContext context, AttackedModel model)
    {
        Logits = model.Logits(context.Images);
        AttackInput.ThrowIfOutside(context.Labels, Logits);
        if (context.Targets is not null)
            AttackInput.ThrowIfOutside(context.Targets, Logits, "targets");
        using DisposeScope scope = NewDisposeScope();
        Tensor fooled = context.Goal().Reached(Logits);
        Tensor none = zeros([context.Images.shape[0]], context.Images.dtype, context.Images.device);
        _distances = where(fooled, none, none.FilledLike(double.PositiveInfinity)).MoveToOuterDisposeScope();
        _images = context.Images.clone().MoveToOuterDisposeScope();
    }

    /// <summary>Of the unchanged images, (N, classes), from the module.</summary>
    public Tensor Logits { get; }

    /// <summary>Takes the tensors out of the scope; they then belong to the result.</summary>
    public MinimalPerturbations Result => new(_images.DetachFromDisposeScope(), _distances.DetachFromDisposeScope());

    /// <summary>The examples whose nearest image is farther than a distance, int64.</summary>
    public Tensor Rows(double beyond) => _distances.IsAbove(beyond).nonzero().flatten();

    /// <summary>The nearest images and distances of some examples.</summary>
    public (Tensor Images, Tensor Distances) At(Tensor rows) => (_images.index_select(0, rows), _distances.index_select(0, rows));

    /// <summary>Takes images over where they are nearer.</summary>
    /// <param name="rows">The examples, int64.</param>
    /// <param name="images">(rows, C, H, W).</param>
    /// <param name="distances">(rows), infinite where the model is not fooled.</param>
    public void Keep(Tensor rows, Tensor images, Tensor distances)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor before, Tensor nearest) = At(rows);
        Tensor nearer = distances.lt(nearest);
        _images.index_copy_(0, rows, where(nearer.reshape(-1, 1, 1, 1), images, before));
        _distances.index_copy_(0, rows, where(nearer, distances, nearest));
    }
}
