using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Notices NaN and infinity with one look a run instead of one a step, which costs time on some devices. Finite numbers of any size pass.
/// </summary>
/// <param name="context">What is attacked.</param>
public sealed class FiniteWatch(AttackContext context) : IDisposable
{
    private readonly Tensor _sum = zeros([], ScalarType.Float32, context.Images.device).DetachFromDisposeScope();

    /// <summary>Takes numbers in.</summary>
    /// <param name="numbers">Of any shape; only read.</param>
    public void Add(Tensor numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        using Tensor sum = numbers.NaNUnlessFinite();
        _sum.PlusInPlace(sum);
    }

    /// <summary>Throws when a number was not finite: at the end of a run, of gradients.</summary>
    /// <param name="model">What is attacked.</param>
    /// <exception cref="NonFiniteLogitsException">The unchanged images have logits that are not finite.</exception>
    /// <exception cref="NonFiniteGradientException">They have.</exception>
    public void ThrowIfNotFinite(AttackedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (IsFinite)
            return;
        model.Logits(context.Images).Dispose();
        throw new NonFiniteGradientException();
    }

    /// <summary>Whether all numbers were finite.</summary>
    public bool IsFinite => double.IsFinite(_sum.Number());

    /// <inheritdoc/>
    public void Dispose() => _sum.Dispose();
}
