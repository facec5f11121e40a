using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The loop of gradient ascent, once: look at the point, keep the best where the rule goes by it, let fooled examples go, move on.
/// </summary>
internal sealed class AscentLoop : IDisposable
{
    private readonly AttackedModel _model;
    private readonly GradientAscent _ascent;
    private readonly ActiveExamples _active;
    private readonly ActiveGoal _goal;
    private readonly PerExample _point;
    private readonly AscentUpdate _update;
    private readonly FiniteWatch _watch;
    private readonly FooledPoints? _fooled;
    private readonly bool _counts;
    private PerExample? _gradient;
    private BestPoints? _best;

    /// <summary>Begins a run.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="ascent">How.</param>
    /// <param name="context">The examples; only read.</param>
    /// <param name="goal">What the attacker wants of them; only read.</param>
    /// <param name="start">Where it starts, (N, C, H, W). It changes hands.</param>
    /// <param name="resumed">Whether the start comes from an earlier run or from the caller.</param>
    /// <param name="counts">Whether a point that fools the model is a success: not in a ball that is larger than the attacker's.</param>
    public AscentLoop(
        AttackedModel model, GradientAscent ascent, AttackContext context, AttackGoal goal, Tensor start, bool resumed, bool counts)
    {
        (_model, _ascent, _counts) = (model, ascent, counts);
        _active = new ActiveExamples(context.Images.shape[0]);
        _goal = new ActiveGoal(_active, goal);
        _point = _active.Keep(start);
        _watch = new FiniteWatch(context);
        if (ascent.Step.KeepsBest)
            _fooled = new FooledPoints(model, _active, start, ascent.DropFooled && context.BatchNorm == BatchNormMode.Evaluation);
        AscentRun run = new()
        {
            Threat = context.Threat,
            Ball = ascent.Ball ?? context.Threat,
            Steps = ascent.Steps,
            Active = _active,
            Images = _active.Keep(context.Images.alias()),
            Start = start,
            Resumed = resumed,
        };
        try
        {
            using DisposeScope scope = NewDisposeScope();
            _update = ascent.Step.Begin(run);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Climbs.</summary>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>
    /// The last points, without a strength; or, where the rule keeps the best, for each example the first point that fooled the model, else
    /// the one of the largest loss, with its strength as in <see cref="FooledPoints.Result"/>. The caller disposes both.
    /// </returns>
    public (Tensor Points, Tensor? Strength) Climb(CancellationToken cancellationToken)
    {
        // The last point is looked at where it may be the best one.
        int looks = _fooled is null ? _ascent.Steps : _ascent.Steps + 1;
        for (int step = 0; step < looks; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Tensor gradient = Look(step);
            if (step == _ascent.Steps || _active.Count == 0)
                break;
            _point.Value = _update.Next(_point.Value, gradient);
        }
        if (_ascent.ChecksFinite)
            _watch.ThrowIfNotFinite(_model);
        return _fooled is null ? (_point.Value.alias(), null) : _fooled.Result(_best!);
    }

    public void Dispose()
    {
        _active.Dispose();
        _watch.Dispose();
        _fooled?.Dispose();
    }

    // The gradient to go on along, of the active examples.
    private Tensor Look(int step)
    {
        IAttackLoss loss = _ascent.Loss.At(step);
        if (_fooled is null && _ascent.Watch is null)
        {
            // Nothing but the gradient is needed.
            Tensor slope = _model.AscentGradient(_point.Value, loss, _goal.Value);
            _watch.Add(slope);
            return slope;
        }
        (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) seen = _model.Differentiate(_point.Value, loss, _goal.Value);
        _watch.Add(seen.Gradient);
        if (_fooled is null)
        {
            _ascent.Watch!(new AscentStep(step, _point.Value, seen.Logits, seen.Loss, _goal.Value, null, _update));
            return seen.Gradient;
        }
        Tensor point = _point.Value.alias();
        Remember(point, seen);
        _ascent.Watch?.Invoke(new AscentStep(step, point, seen.Logits, seen.Loss, _goal.Value, (_best!.Point, _best.Loss), _update));
        if (_counts)
            _fooled.Settle(point, seen.Logits, _goal.Value);
        return _gradient!.Value;
    }

    private void Remember(Tensor point, in (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) seen)
    {
        if (_gradient is null)
        {
            _gradient = _active.Keep(seen.Gradient.alias());
            _best = new BestPoints(_active, point, seen);
            return;
        }
        _gradient.Value = seen.Gradient.alias();
        _best!.Take(point, seen);
        if (_update.Adapt(seen.Loss, seen.Rank, (_best.Point, _best.Rank)) is { } back)
            _best.SendBack(back, _point, _gradient);
    }
}
