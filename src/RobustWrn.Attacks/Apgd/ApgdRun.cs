using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// One run of APGD from one start: a pass a step, the best point remembered, and fooled examples let go as soon as the model itself confirms them.
/// </summary>
internal sealed class ApgdRun : IDisposable
{
    private readonly AttackedModel _model;
    private readonly ApgdSettings _settings;
    private readonly ActiveExamples _active;
    private readonly PerExample _images, _labels, _point, _best;
    private readonly PerExample? _targets, _reach, _clean;
    private readonly Tensor _found, _strength;
    private readonly FiniteWatch _watch;
    private readonly bool[] _fooled;
    private readonly bool _drop;
    private AttackGoal? _goal;

    /// <summary>Prepares a run.</summary>
    /// <param name="model">What is attacked.</param>
    /// <param name="settings">Numbers of the method.</param>
    /// <param name="context">The examples; only read.</param>
    /// <param name="goal">What the loss is about; only read.</param>
    /// <param name="reach">Classes that count as success, (N); null: any but the label.</param>
    /// <param name="start">Where it starts, (N, C, H, W); only read.</param>
    public ApgdRun(AttackedModel model, ApgdSettings settings, AttackContext context, AttackGoal goal, Tensor? reach, Tensor start)
    {
        (_model, _settings) = (model, settings);
        _drop = settings.DropFooled && context.BatchNorm == BatchNormMode.Evaluation;
        _active = new ActiveExamples(context.Images.shape[0]);
        _images = _active.Keep(context.Images.alias());
        _labels = _active.Keep(goal.Labels.alias());
        _targets = goal.Targets is { } targets ? _active.Keep(targets.alias()) : null;
        _reach = reach is null ? null : _active.Keep(reach.alias());
        _clean = goal.CleanLogits is { } clean ? _active.Keep(clean.alias()) : null;
        _point = _active.Keep(start.alias());
        _best = _active.Keep(start.alias());
        _fooled = new bool[context.Images.shape[0]];
        using DisposeScope scope = NewDisposeScope();
        _found = start.clone().DetachFromDisposeScope();
        _strength = start.flatten(1).select(1, 0).FilledLike(Survivors.Fooled).DetachFromDisposeScope();
        _watch = new FiniteWatch(context);
    }

    /// <summary>Runs.</summary>
    /// <param name="stage">Where and how long.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <returns>
    /// For each example the first point that fooled the model, else the one of the largest loss, and how strong it is:
    /// <see cref="Survivors.Fooled"/>, or what orders points as the loss does.
    /// The caller disposes both.
    /// </returns>
    public (Tensor Points, Tensor Strength) Climb(ApgdStage stage, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) first = Look();
        PerExample gradient = _active.Keep(first.Gradient), bestGradient = _active.Keep(first.Gradient.alias());
        PerExample bestLoss = _active.Keep(first.Loss), bestRank = _active.Keep(first.Rank);
        AscentUpdate moves = ApgdUpdate.In(stage, _settings, _active, _point.Value, _images);
        using (first.Logits)
            Settle(0, _point.Value, first.Loss, first.Logits, bestLoss, moves, stage);
        for (int step = 1; step <= stage.Steps && _active.Count > 0; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            _point.Value = moves.Next(_point.Value, gradient.Value);
            (Tensor logits, Tensor loss, Tensor rank, Tensor slope) = Look();
            gradient.Value = slope;
            Tensor better = rank.gt(bestRank.Value), point = _point.Value.alias();
            _best.SetWhere(better, _point.Value);
            bestGradient.SetWhere(better, slope);
            bestLoss.SetWhere(better, loss);
            bestRank.SetWhere(better, rank);
            if (moves.Adapt(loss, rank, (_best.Value, bestRank.Value)) is { } back)
            {
                _point.SetWhere(back, _best.Value);
                gradient.SetWhere(back, bestGradient.Value);
            }
            Settle(step, point, loss, logits, bestLoss, moves, stage);
        }
        _watch.ThrowIfNotFinite(_model);
        return Result(bestRank.Value);
    }

    private (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) Look()
    {
        _goal ??= new AttackGoal(_labels.Value, _targets?.Value, _clean?.Value);
        (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) seen = _model.Differentiate(_point.Value, _settings.Loss, _goal);
        _watch.Add(seen.Gradient);
        return seen;
    }

    // The fooled examples of a step: confirmed, written down, and let go.
    private void Settle(int step, Tensor point, Tensor loss, Tensor logits, PerExample bestLoss, AscentUpdate moves, ApgdStage stage)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor fooled = Fooled(logits, _labels.Value, _reach?.Value);
        _settings.Watch?.Invoke(new ApgdStep(step, point, loss, _best.Value, bestLoss.Value, fooled, moves.StepSize));
        if (!stage.Counts)
            return;
        bool[] open = fooled.cpu().data<bool>().ToArray();
        for (int i = 0; i < open.Length; i++)
            open[i] &= !_fooled[_active.Rows[i]];
        if (!open.Contains(true))
            return;
        if (_model.HasView)
            Confirm(open, point);
        long[] here = [.. Enumerable.Range(0, open.Length).Where(i => open[i]).Select(i => (long)i)];
        if (here.Length == 0)
            return;
        long[] rows = [.. here.Select(i => _active.Rows[(int)i])];
        _found.index_copy_(0, tensor(rows, [rows.Length]).to(_found.device), point.index_select(0, tensor(here, [here.Length]).to(point.device)));
        foreach (long row in rows)
            _fooled[row] = true;
        if (!_drop)
            return;
        _active.Drop(open);
        _goal = null;
    }

    // A point fooled on the view but not on the module goes on.
    private void Confirm(bool[] open, Tensor point)
    {
        long[] asked = [.. Enumerable.Range(0, open.Length).Where(i => open[i]).Select(i => (long)i)];
        Tensor rows = tensor(asked, [asked.Length]).to(point.device);
        Tensor logits = _model.Logits(point.index_select(0, rows));
        Tensor confirmed = Fooled(logits, _labels.Value.index_select(0, rows), _reach?.Value.index_select(0, rows));
        foreach ((long row, bool fooled) in asked.Zip(confirmed.cpu().data<bool>().ToArray()))
            open[row] = fooled;
    }

    internal static Tensor Fooled(Tensor logits, Tensor labels, Tensor? reach)
    {
        using Tensor predicted = logits.argmax(1);
        return reach is null ? predicted.ne(labels) : predicted.eq(reach);
    }

    private (Tensor Points, Tensor Strength) Result(Tensor bestRank)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] left = [.. Enumerable.Range(0, _active.Count).Where(i => !_fooled[_active.Rows[i]]).Select(i => (long)i)];
        if (left.Length > 0)
        {
            Tensor rows = tensor([.. left.Select(i => _active.Rows[(int)i])], [left.Length]).to(_found.device), from = tensor(left, [left.Length]).to(_found.device);
            _found.index_copy_(0, rows, _best.Value.index_select(0, from));
            _strength.index_copy_(0, rows, bestRank.index_select(0, from));
        }
        return (_found.alias().MoveToOuterDisposeScope(), _strength.alias().MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
        _active.Dispose();
        _found.Dispose();
        _strength.Dispose();
        _watch.Dispose();
    }
}
