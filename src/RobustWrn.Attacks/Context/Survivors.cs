using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The examples that no run of an attack has fooled yet, and the strongest point found for each. A fooled example beats any loss; among
/// fooled ones the first stays, so that a later run cannot change it, and need not run.
/// </summary>
public sealed class Survivors : IDisposable
{
    /// <summary>The strength of an example that is fooled.</summary>
    public const double Fooled = double.PositiveInfinity;

    private readonly AttackContext _context;
    private readonly bool _drop;
    private readonly ActiveExamples _active;
    private readonly PerExample _rows;
    private readonly Tensor _best, _strength;

    /// <summary>Starts with all examples, and the images themselves as their strongest points.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="drop">Whether fooled examples leave; where the batch's statistics count, none does.</param>
    /// <param name="fooled">Boolean (N), those that are fooled by the images themselves; null when nobody asked.</param>
    public Survivors(AttackContext context, bool drop = true, Tensor? fooled = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        using DisposeScope scope = NewDisposeScope();
        (_context, _drop) = (context, drop && context.BatchNorm == BatchNormMode.Evaluation);
        _best = context.Images.clone().DetachFromDisposeScope();
        Tensor strength = context.Images.flatten(1).select(1, 0).FilledLike(double.NegativeInfinity);
        _strength = (fooled is null ? strength : strength.FilledWhere(fooled, Fooled)).DetachFromDisposeScope();
        _active = new ActiveExamples(context.Images.shape[0]);
        _rows = _active.Keep(ScalarArithmetic.Counting(context.Images.shape[0], context.Images.device));
        Close();
    }

    /// <summary>How many examples the next run gets.</summary>
    public int Count => _active.Count;

    /// <summary>The strongest points, (N, C, H, W). The caller disposes the copy.</summary>
    public Tensor Best() => _best.clone();

    /// <summary>The rows of those examples that the next run gets.</summary>
    /// <param name="all">(N, ...).</param>
    /// <returns>A new tensor. The caller disposes it.</returns>
    public Tensor Of(Tensor all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return all.index_select(0, _rows.Value);
    }

    /// <summary>What the next run works on. Its tensors belong to the caller's scope.</summary>
    public AttackContext Context() => _context.Rows(_rows.Value);

    /// <summary>Takes what a run found where it is stronger, and lets the fooled ones leave.</summary>
    /// <param name="points">(n, C, H, W), in the order of <see cref="Context"/>.</param>
    /// <param name="strength">(n), <see cref="Fooled"/> for fooled ones.</param>
    public void Take(Tensor points, Tensor strength)
    {
        ArgumentNullException.ThrowIfNull(strength);
        using DisposeScope scope = NewDisposeScope();
        Tensor old = Of(_strength), better = strength.gt(old);
        _best.index_copy_(0, _rows.Value, where(better.reshape(-1, 1, 1, 1), points, Of(_best)));
        _strength.index_copy_(0, _rows.Value, where(better, strength, old));
        Close();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _active.Dispose();
        _best.Dispose();
        _strength.Dispose();
    }

    private void Close()
    {
        if (!_drop)
            return;
        using DisposeScope scope = NewDisposeScope();
        _active.Drop([.. Of(_strength).IsBelow(Fooled).logical_not().cpu().data<bool>()]);
    }
}
