using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Adam on the examples that are still moving, for one value of c each.</summary>
internal sealed class CwL2Descent : IDisposable
{
    // Adam's constants, as published (Kingma and Ba 2015); the authors' code keeps TensorFlow's same defaults.
    private const double Beta1 = 0.9, Beta2 = 0.999, Offset = 1e-8;

    // The authors' code stops when the loss has not fallen below this share of the one a tenth of the steps ago.
    private const double Stalled = 0.9999;
    private const int ChecksPerDescent = 10;

    // Adam's first steps may raise the loss, so short descents are not checked more often than this.
    private const int ShortestCheck = 10;

    private readonly CwL2 _attack;
    private readonly AttackedModel _model;
    private readonly FiniteWatch _watch;
    private readonly ActiveExamples _active;
    private readonly ActiveGoal _goal;
    private readonly PerExample _rows, _c, _unit, _w, _images, _first, _second, _loss, _lossBefore, _best, _bestSquared, _fooled;
    private int _step;

    /// <summary>
    /// Begins with all examples of a context. Tensors of it are only read; those that a descent has of its own change hands.
    /// </summary>
    /// <param name="attack">The constants.</param>
    /// <param name="model">What is attacked.</param>
    /// <param name="context">The examples.</param>
    /// <param name="c">The weight of each margin, (N); only read.</param>
    /// <param name="unit">What each margin is counted in, (N).</param>
    /// <param name="w">Where each starts in tanh space, (N, C, H, W).</param>
    /// <param name="best">The nearest image of each that fools the model, and its squared distance.</param>
    public CwL2Descent(
        CwL2 attack, AttackedModel model, AttackContext context, Tensor c, Tensor unit, Tensor w, (Tensor Image, Tensor Squared) best)
    {
        (_attack, _model, _watch) = (attack, model, new FiniteWatch(context));
        _active = new ActiveExamples(context.Images.shape[0]);
        _goal = new ActiveGoal(_active, context.Goal());
        using DisposeScope scope = NewDisposeScope();
        _rows = _active.Keep(ScalarArithmetic.Counting(context.Images.shape[0], context.Images.device));
        (_c, _unit, _w, _images) = (_active.Keep(c.alias()), _active.Keep(unit), _active.Keep(w), _active.Keep(context.Images.alias()));
        (_first, _second) = (_active.Keep(zeros_like(w)), _active.Keep(zeros_like(w)));
        (_loss, _lossBefore) = (_active.Keep(zeros_like(c)), _active.Keep(c.FilledLike(double.PositiveInfinity)));
        (_best, _bestSquared) = (_active.Keep(best.Image), _active.Keep(best.Squared));
        _fooled = _active.Keep(zeros(_rows.Value.shape, ScalarType.Bool, _rows.Value.device));
    }

    /// <summary>Which rows are still moving, int64.</summary>
    public Tensor Rows => _rows.Value;

    /// <summary>The nearest image so far that fools the model, of each row.</summary>
    public Tensor Best => _best.Value;

    /// <summary>Its squared distance.</summary>
    public Tensor BestSquared => _bestSquared.Value;

    /// <summary>Whether a row was fooled in this descent.</summary>
    public Tensor Fooled => _fooled.Value;

    public int Count => _active.Count;

    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor point, Tensor slope) = TanhSpace.ToImages(_w.Value);
        Tensor move = point - _images.Value;
        Tensor squared = move.Squared().flatten(1).sum(1);
        Tensor? margin = null;
        // c * max(confidence - margin, 0) / unit; the distance's gradient needs no model.
        Tensor gradient = _model.Gradient(point, logits =>
        {
            Tensor own = new Margin().PerExample(logits, _goal.Value);
            margin = own.detach().MoveToOuterDisposeScope();
            return (_c.Value * own.neg().PlusInPlace(_attack.Confidence).relu().div(_unit.Value)).sum();
        });
        _watch.Add(margin!);
        Tensor lacking = margin!.neg().PlusInPlace(_attack.Confidence).relu_().div_(_unit.Value);
        _loss.Value.copy_(squared.Plus(_c.Value * lacking));

        Tensor fooled = margin.IsAbove(_attack.Confidence);
        Tensor better = fooled & squared.lt(BestSquared);
        Fooled.logical_or_(fooled);
        _best.SetWhere(better, point);
        _bestSquared.SetWhere(better, squared);

        Descend(gradient.Plus(move.Times(2.0)).mul_(slope));
    }

    public bool IsCheck(int step) => _attack.AbortEarly && (step + 1) % Math.Max(ShortestCheck, _attack.Steps / ChecksPerDescent) == 0;

    /// <summary>Drops the rows whose loss no longer falls.</summary>
    /// <param name="store">Told before rows are dropped.</param>
    public void DropStalled(Action<CwL2Descent> store)
    {
        ThrowIfNotFinite();
        using DisposeScope scope = NewDisposeScope();
        bool[] stalled = [.. _loss.Value.le(_lossBefore.Value.Times(Stalled)).logical_not().cpu().data<bool>()];
        _lossBefore.Value.copy_(_loss.Value);
        if (!stalled.Contains(true))
            return;
        store(this);
        _active.Drop(stalled);
    }

    public void ThrowIfNotFinite() => _watch.ThrowIfNotFinite(_model);

    public void Dispose()
    {
        _active.Dispose();
        _watch.Dispose();
    }

    private void Descend(Tensor gradient)
    {
        _step++;
        _first.Value.TimesInPlace(Beta1).PlusInPlace(gradient, 1 - Beta1);
        _second.Value.TimesInPlace(Beta2).PlusProductInPlace(gradient, gradient, 1 - Beta2);
        Tensor scale = _second.Value.Over(1 - Math.Pow(Beta2, _step)).sqrt_().PlusInPlace(Offset);
        _w.Value.PlusQuotientInPlace(_first.Value, scale, -_attack.LearningRate / (1 - Math.Pow(Beta1, _step)));
        TanhSpace.Bind(_w.Value);
    }
}
