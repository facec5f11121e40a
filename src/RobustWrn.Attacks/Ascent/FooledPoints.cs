using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The first point of each example in a run that fooled the model, once the model itself has confirmed it. Fooled examples leave the run.
/// </summary>
internal sealed class FooledPoints : IDisposable
{
    private readonly AttackedModel _model;
    private readonly ActiveExamples _active;
    private readonly Tensor _found, _strength;
    private readonly bool[] _fooled;
    private readonly bool _drop;

    /// <summary>Begins with no example fooled.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="active">The examples of the run, all of them.</param>
    /// <param name="start">Where it starts, (N, C, H, W); only read.</param>
    /// <param name="drop">Whether fooled examples leave.</param>
    public FooledPoints(AttackedModel model, ActiveExamples active, Tensor start, bool drop)
    {
        (_model, _active, _drop) = (model, active, drop);
        _fooled = new bool[active.Count];
        using DisposeScope scope = NewDisposeScope();
        _found = start.clone().DetachFromDisposeScope();
        _strength = start.flatten(1).select(1, 0).FilledLike(Survivors.Fooled).DetachFromDisposeScope();
    }

    /// <summary>Confirms the fooled examples of a step, writes them down and lets them go.</summary>
    /// <param name="point">(n, C, H, W).</param>
    /// <param name="logits">Of the steering pass there, (n, classes).</param>
    /// <param name="goal">What the attacker wants of the active examples.</param>
    public void Settle(Tensor point, Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        bool[] fooled = New(goal.Reached(logits));
        if (!fooled.Contains(true))
            return;
        // A point fooled on the view but not on the model goes on.
        if (_model.HasView)
            fooled = [.. _model.Confirmed(tensor(fooled, [fooled.Length]).to(point.device), point, goal).cpu().data<bool>()];
        long[] here = [.. Enumerable.Range(0, fooled.Length).Where(i => fooled[i]).Select(i => (long)i)];
        if (here.Length == 0)
            return;
        long[] rows = [.. here.Select(i => _active.Rows[(int)i])];
        Tensor from = tensor(here, [here.Length]).to(point.device), to = tensor(rows, [rows.Length]).to(point.device);
        _found.index_copy_(0, to, point.index_select(0, from));
        foreach (long row in rows)
            _fooled[row] = true;
        if (_drop)
            _active.Drop(fooled);
    }

    /// <summary>The first point of each example that fooled the model, else its best one.</summary>
    /// <param name="best">Of the examples that are left.</param>
    /// <returns>
    /// Points (N, C, H, W), and how strong they are (N): <see cref="Survivors.Fooled"/>, or the rank. The caller disposes both.
    /// </returns>
    public (Tensor Points, Tensor Strength) Result(BestPoints best)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] left = [.. Enumerable.Range(0, _active.Count).Where(i => !_fooled[_active.Rows[i]]).Select(i => (long)i)];
        if (left.Length > 0)
        {
            Tensor rows = tensor([.. left.Select(i => _active.Rows[(int)i])], [left.Length]).to(_found.device);
            Tensor from = tensor(left, [left.Length]).to(_found.device);
            _found.index_copy_(0, rows, best.Point.index_select(0, from));
            _strength.index_copy_(0, rows, best.Rank.index_select(0, from));
        }
        return (_found.alias().MoveToOuterDisposeScope(), _strength.alias().MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _found.Dispose();
        _strength.Dispose();
    }

    private bool[] New(Tensor reached)
    {
        bool[] fooled = [.. reached.cpu().data<bool>()];
        for (int i = 0; i < fooled.Length; i++)
            fooled[i] &= !_fooled[_active.Rows[i]];
        return fooled;
    }
}
