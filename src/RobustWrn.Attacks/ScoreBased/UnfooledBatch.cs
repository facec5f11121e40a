using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The images of a batch that the model still gets right, for attacks that only ask for logits: keeps the strongest point of each, and
/// drops an image as soon as the model itself confirms that it is fooled. Owns its tensors.
/// </summary>
public sealed class UnfooledBatch : IDisposable
{
    private readonly AttackContext _context;
    private readonly AttackedModel _model;
    private readonly IAttackLoss _loss;
    private readonly FiniteWatch _watch;
    private readonly CandidateLogits _candidates;
    private readonly ActiveExamples _active;
    private readonly ActiveGoal _goal;
    private readonly PerExample _rows, _images, _best, _value;
    private readonly Tensor _result, _overall;

    /// <summary>Starts with the images that are right unchanged. One for which nothing stronger is found stays unchanged.</summary>
    /// <param name="context">What is attacked.</param>
    /// <param name="model">Its model, while it is attacked.</param>
    /// <param name="loss">By what points are compared.</param>
    /// <exception cref="ArgumentException">A label or target has no logit.</exception>
    public UnfooledBatch(AttackContext context, AttackedModel model, IAttackLoss loss)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        using DisposeScope scope = NewDisposeScope();
        (_context, _model, _loss) = (context, model, loss);
        _candidates = new CandidateLogits(model);
        Tensor logits = model.Logits(context.Images);
        AttackInput.ThrowIfOutside(context.Labels, logits);
        if (context.Targets is not null)
            AttackInput.ThrowIfOutside(context.Targets, logits, "targets");
        _watch = new FiniteWatch(context);
        _result = context.Images.detach().clone().DetachFromDisposeScope();
        // A loss that compares with the unchanged image compares with what candidates are asked of.
        Tensor steering = loss.NeedsCleanLogits ? model.SteeringLogits(context.Images, logits) : logits;
        AttackGoal goal = context.Goal(steering);
        _overall = loss.PerExample(steering, goal).DetachFromDisposeScope();
        _active = new ActiveExamples(context.Images.shape[0]);
        _goal = new ActiveGoal(_active, loss.NeedsCleanLogits ? goal : context.Goal());
        _rows = _active.Keep(ScalarArithmetic.Counting(context.Images.shape[0], context.Images.device));
        _images = _active.Keep(context.Images.detach().contiguous().alias());
        _best = _active.Keep(_images.Value.alias());
        _value = _active.Keep(Lowest());
        _active.Drop([.. goal.Reached(logits).cpu().data<bool>()]);
        Examples = Ids();
    }

    /// <summary>Clean images that are still right, (n, C, H, W); another tensor once one has fallen.</summary>
    public Tensor Images => _images.Value;

    /// <summary>The strongest point of each in this run, (n, C, H, W).</summary>
    public Tensor Best => _best.Value;

    /// <summary>The ids that noise is keyed by.</summary>
    public ValueList<long> Examples { get; private set; }

    /// <summary>The number of those left; where none is, nothing else may be asked for but the result.</summary>
    public int Count => _active.Count;

    /// <summary>Those left, as a context of their own, without a start. Its tensors belong to the batch.</summary>
    public AttackContext Context => _context with
    {
        Images = Images,
        Labels = _goal.Value.Labels,
        Targets = _goal.Value.Targets,
        Examples = Examples,
        Start = null,
    };

    /// <summary>Rows of a tensor that belongs to the whole batch, for the images that are left. The caller disposes them.</summary>
    /// <param name="whole">(N, ...).</param>
    public Tensor Of(Tensor whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return whole.index_select(0, _rows.Value);
    }

    /// <summary>Begins another run: points are compared within a run, and the strongest of all runs stays.</summary>
    public void Restart()
    {
        Settle();
        _candidates.Restart();
        _value.Value = Lowest();
    }

    /// <summary>Asks about one point for each image. A stronger one is kept; an image that falls leaves.</summary>
    /// <param name="candidate">(n, C, H, W) in the ball and in [0, 1].</param>
    public void Query(QueryCandidate candidate)
    {
        using DisposeScope scope = NewDisposeScope();
        AttackGoal goal = _goal.Value;
        Tensor candidates = candidate.Images, logits = _candidates.Of(candidate, Best);
        Tensor values = _loss.PerExample(logits, goal);
        _watch.Add(values);
        Tensor crossed = (_loss is Margin ? values : new Margin().PerExample(logits, goal)).IsAtLeast(0);
        Tensor better = values.gt(_value.Value);
        _candidates.Keep(better);
        _best.SetWhere(better, candidates);
        _value.SetWhere(better, values);
        if (!crossed.any().item<bool>())
            return;
        // The view steers, the model decides. A point that it does not confirm goes on, compared by values of the view as before: they may
        // be off, but not against each other.
        Tensor asked = crossed.nonzero().flatten();
        Tensor fell = zeros_like(crossed);
        fell.index_copy_(0, asked, goal.Rows(asked).Reached(_model.Logits(candidates.index_select(0, asked))));
        Drop(candidates, fell);
    }

    /// <summary>The strongest points of all images. The caller disposes them.</summary>
    /// <exception cref="NonFiniteLogitsException">Logits were not finite somewhere on the way.</exception>
    public Tensor Finish()
    {
        Settle();
        if (!_watch.IsFinite)
            _model.Logits(_result).Dispose();
        return _result.alias();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _active.Dispose();
        _result.Dispose();
        _overall.Dispose();
        _candidates.Dispose();
        _watch.Dispose();
    }

    private Tensor Lowest()
    {
        using Tensor zero = zeros(_active.Count, _context.Images.dtype, _context.Images.device);
        return zero.FilledLike(double.NegativeInfinity);
    }

    private ValueList<long> Ids() => [.. _active.Rows.Select(row => _context.Examples[(int)row])];

    private void Drop(Tensor candidates, Tensor fell)
    {
        bool[] leaving = [.. fell.cpu().data<bool>()];
        if (!leaving.Contains(true))
            return;
        Tensor fallen = fell.nonzero().flatten(), staying = fell.logical_not().nonzero().flatten();
        _result.index_copy_(0, _rows.Value.index_select(0, fallen), candidates.index_select(0, fallen));
        _active.Drop(leaving);
        Examples = Ids();
        _candidates.Select(staying);
    }

    private void Settle()
    {
        if (_active.Count == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = _rows.Value, before = _overall.index_select(0, rows), better = _value.Value.gt(before);
        _result.index_copy_(0, rows, where(better.reshape(-1, 1, 1, 1), Best, _result.index_select(0, rows)));
        _overall.index_copy_(0, rows, where(better, _value.Value, before));
    }
}
