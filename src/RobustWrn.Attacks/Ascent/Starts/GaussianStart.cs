using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The images plus normal noise, not clamped before the first gradient: TRADES starts at x + 0.001 * N(0, 1) (Zhang et al. 2019), the Madry training of
/// Huang et al. 2021 at x + step * N(0, 1).
/// </summary>
/// <param name="Deviation">Standard deviation, for pixels in [0, 1].</param>
public sealed record GaussianStart(double Deviation) : IAttackStart
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "gaussian";

    /// <inheritdoc/>
    public Tensor From(AttackContext context, RandomStream noise)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor normal = noise.Normal(context.Examples.AsSpan(), context.Images.shape.AsSpan(1), context.Images.dtype, context.Images.device);
        return context.Images.Plus(normal.Times(Deviation)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Deviation);
}
