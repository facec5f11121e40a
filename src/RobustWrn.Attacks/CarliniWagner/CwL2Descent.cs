using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Adam on the examples that are still moving, for one value of c each. Its tensors belong to the dispose scope it is made in.</summary>
internal sealed class CwL2Descent
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
    private readonly Tensor _sum;
    private Tensor _c, _unit, _w, _images, _labels, _first, _second, _loss, _lossBefore;
    private Tensor? _targets;
    private AttackGoal _goal;
    private int _step;

    public CwL2Descent(CwL2 attack, AttackedModel model, Tensor rows, Tensor c, Tensor unit, Tensor w, Tensor images, Tensor labels, Tensor? targets, Tensor best, Tensor bestSquared)
    {
        (_attack, _model, Rows, _c, _unit, _w, _images) = (attack, model, rows, c, unit, w, images);
        (_labels, _targets, Best, BestSquared) = (labels, targets, best, bestSquared);
        _goal = new AttackGoal(labels, targets);
        (_first, _second) = (zeros_like(w), zeros_like(w));
        _lossBefore = c.FilledLike(double.PositiveInfinity);
        _loss = zeros_like(c);
        _sum = zeros([], ScalarType.Float32, w.device);
        Fooled = zeros(rows.shape, ScalarType.Bool, rows.device);
    }

    /// <summary>Which rows are still moving, int64.</summary>
    public Tensor Rows { get; private set; }

    /// <summary>The nearest image so far that fools the model, of each row.</summary>
    public Tensor Best { get; private set; }

    /// <summary>Its squared distance.</summary>
    public Tensor BestSquared { get; private set; }

    /// <summary>Whether a row was fooled in this descent.</summary>
    public Tensor Fooled { get; private set; }

    public long Count => Rows.numel();

    public void Step()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor point, Tensor slope) = TanhSpace.ToImages(_w);
        Tensor move = point - _images;
        Tensor squared = move.Squared().flatten(1).sum(1);
        Tensor? margin = null;
        // c * max(confidence - margin, 0) / unit; the distance's gradient needs no model.
        Tensor gradient = _model.Gradient(point, logits =>
        {
            Tensor own = new Margin().PerExample(logits, _goal);
            margin = own.detach().MoveToOuterDisposeScope();
            return (_c * own.neg().PlusInPlace(_attack.Confidence).relu().div(_unit)).sum();
        });
        _sum.PlusInPlace(margin!.NaNUnlessFinite());
        _loss.copy_(squared.Plus(_c * margin!.neg().PlusInPlace(_attack.Confidence).relu_().div_(_unit)));

        Tensor fooled = margin.IsAbove(_attack.Confidence);
        Tensor better = fooled & squared.lt(BestSquared);
        Fooled.logical_or_(fooled);
        Best.copy_(where(better.reshape(-1, 1, 1, 1), point, Best));
        BestSquared.copy_(where(better, squared, BestSquared));

        Descend(gradient.Plus(move.Times(2.0)).mul_(slope));
    }

    public bool IsCheck(int step) => _attack.AbortEarly && (step + 1) % Math.Max(ShortestCheck, _attack.Steps / ChecksPerDescent) == 0;

    /// <summary>Drops the rows whose loss no longer falls.</summary>
    /// <param name="store">Told before rows are dropped.</param>
    public void DropStalled(Action<CwL2Descent> store)
    {
        ThrowIfNotFinite();
        using DisposeScope scope = NewDisposeScope();
        Tensor moving = _loss.le(_lossBefore.Times(Stalled)).nonzero().flatten();
        _lossBefore.copy_(_loss);
        if (moving.numel() == Count)
            return;
        store(this);
        (Rows, _c, _unit, _w, _images, _labels) = (Kept(Rows), Kept(_c), Kept(_unit), Kept(_w), Kept(_images), Kept(_labels));
        (_first, _second, _loss, _lossBefore) = (Kept(_first), Kept(_second), Kept(_loss), Kept(_lossBefore));
        (Best, BestSquared, Fooled) = (Kept(Best), Kept(BestSquared), Kept(Fooled));
        _targets = _targets is null ? null : Kept(_targets);
        _goal = new AttackGoal(_labels, _targets);

        Tensor Kept(Tensor tensor) => tensor.index_select(0, moving).MoveToOuterDisposeScope();
    }

    public void ThrowIfNotFinite()
    {
        if (double.IsFinite(_sum.Number()))
            return;
        using DisposeScope scope = NewDisposeScope();
        _ = _model.Logits(_images);
        throw new NonFiniteGradientException();
    }

    private void Descend(Tensor gradient)
    {
        _step++;
        _first.TimesInPlace(Beta1).PlusInPlace(gradient, 1 - Beta1);
        _second.TimesInPlace(Beta2).PlusProductInPlace(gradient, gradient, 1 - Beta2);
        Tensor scale = _second.Over(1 - Math.Pow(Beta2, _step)).sqrt_().PlusInPlace(Offset);
        _w.PlusQuotientInPlace(_first, scale, -_attack.LearningRate / (1 - Math.Pow(Beta1, _step)));
        TanhSpace.Bind(_w);
    }
}
