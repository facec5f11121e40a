using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a minimum-norm attack found. Owns its tensors.</summary>
/// <param name="images">The images.</param>
/// <param name="distances">Their distances.</param>
public sealed class MinimalPerturbations(Tensor images, Tensor distances) : IDisposable
{
    /// <summary>For each example the nearest image found that fools the model, the unchanged one where none was found; (N, C, H, W) in [0, 1].</summary>
    public Tensor Images { get; } = images;

    /// <summary>Distances (N) in the attack's norm: 0 for an example that was fooled unchanged, infinite where nothing was found.</summary>
    public Tensor Distances { get; } = distances;

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Distances.Dispose();
    }

    /// <summary>What of it lies in the threat's ball; the others projected onto it.</summary>
    /// <param name="context">What was attacked.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    internal Tensor Within(AttackContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inside = context.Threat.Distance(Images, context.Images).IsAtMost(context.Threat.Epsilon).reshape(-1, 1, 1, 1);
        Tensor projected = context.Threat.Project(Images, context.Images);
        return where(inside, Images, projected).MoveToOuterDisposeScope();
    }

    /// <summary>What of it lies in the threat's ball; the others unchanged.</summary>
    /// <param name="context">What was attacked.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    internal Tensor WithinOrUnchanged(AttackContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inside = Distances.IsAtMost(context.Threat.Epsilon).reshape(-1, 1, 1, 1);
        return where(inside, Images, context.Images).MoveToOuterDisposeScope();
    }

    /// <summary>For how many images something was found, and the median of their distances.</summary>
    public override string ToString() => FoundRadii.Text(Distances, "distance");
}
