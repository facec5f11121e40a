using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The images of a batch that the model still gets right, for attacks that only ask for logits: keeps the strongest point of each, and drops an image, copying the
/// rest together, as soon as the model itself confirms that it is fooled. Owns its tensors.
/// </summary>
internal sealed class UnfooledBatch : IDisposable
{
    private readonly AttackContext _context;
    private readonly AttackedModel _model;
    private readonly IAttackLoss _loss;
    private readonly FiniteWatch _watch;
    private readonly CandidateLogits _candidates;
    private readonly Tensor _result, _overall;
    private long[] _rows;

    /// <summary>Starts with the images that are right unchanged. One for which nothing stronger is found stays unchanged.</summary>
    public UnfooledBatch(AttackContext context, AttackedModel model, IAttackLoss loss)
    {
        using DisposeScope scope = NewDisposeScope();
        (_context, _model, _loss) = (context, model, loss);
        _candidates = new CandidateLogits(model);
        Tensor logits = model.Logits(context.Images);
        AttackInput.ThrowIfOutside(context.Labels, logits);
        if (context.Targets is not null)
            AttackInput.ThrowIfOutside(context.Targets, logits, "targets");
        Tensor right = Fooled(logits, context.Labels, context.Targets).logical_not().nonzero().flatten();
        _rows = right.cpu().data<long>().ToArray();
        _watch = new FiniteWatch(context);
        _result = context.Images.detach().clone().DetachFromDisposeScope();
        // A loss that compares with the unchanged image compares with what candidates are asked of.
        Tensor steering = loss.NeedsCleanLogits && model.HasView ? model.SteeringLogits(context.Images) : logits;
        _overall = loss.PerExample(steering, new AttackGoal(context.Labels, context.Targets, steering)).DetachFromDisposeScope();
        (Images, Labels) = (Owned(context.Images.index_select(0, right)), Owned(context.Labels.index_select(0, right)));
        Targets = context.Targets is null ? null : Owned(context.Targets.index_select(0, right));
        CleanLogits = loss.NeedsCleanLogits ? Owned(steering.index_select(0, right)) : null;
        (Best, Value) = (Owned(Images.clone()), Lowest(_rows.Length));
        Examples = Ids();
    }

    /// <summary>Clean images that are still right, (n, C, H, W); another tensor once one has fallen.</summary>
    public Tensor Images { get; private set; }

    /// <summary>The strongest point of each in this run, (n, C, H, W).</summary>
    public Tensor Best { get; private set; }

    /// <summary>The ids that noise is keyed by.</summary>
    public ValueList<long> Examples { get; private set; }

    /// <summary>How many are left.</summary>
    public int Count => _rows.Length;

    private Tensor Labels { get; set; }

    private Tensor? Targets { get; set; }

    private Tensor? CleanLogits { get; set; }

    private Tensor Value { get; set; }

    /// <summary>What is left, as a context of its own.</summary>
    public AttackContext Context => _context with { Images = Images, Labels = Labels, Targets = Targets, Examples = Examples, Start = null };

    /// <summary>Rows of a tensor that belongs to the whole batch, for the images that are left. The caller disposes them.</summary>
    public Tensor Of(Tensor whole)
    {
        using Tensor rows = Rows(_rows);
        return whole.index_select(0, rows);
    }

    /// <summary>Begins another run: points are compared within a run, and the strongest of all runs stays.</summary>
    public void Restart()
    {
        Settle();
        _candidates.Restart();
        Tensor value = Lowest(_rows.Length);
        Value.Dispose();
        Value = value;
    }

    /// <summary>Asks about one point for each image. A stronger one is kept; an image that falls leaves.</summary>
    /// <param name="candidate">(n, C, H, W) in the ball and in [0, 1].</param>
    public void Query(QueryCandidate candidate)
    {
        using DisposeScope scope = NewDisposeScope();
        AttackGoal goal = new(Labels, Targets, CleanLogits);
        Tensor candidates = candidate.Images, logits = _candidates.Of(candidate, Best);
        Tensor values = _loss.PerExample(logits, goal);
        _watch.Add(values);
        Tensor crossed = (_loss is Margin ? values : new Margin().PerExample(logits, goal)).IsAtLeast(0);
        Keep(candidates, values);
        if (!crossed.any().item<bool>())
            return;
        // The view steers, the model decides. A point that it does not confirm goes on, compared by values of the view as before: they may be off, but not against each other.
        Tensor asked = crossed.nonzero().flatten(), confirmed = _model.Logits(candidates.index_select(0, asked));
        bool[] fell = Fooled(confirmed, Labels.index_select(0, asked), Targets?.index_select(0, asked)).cpu().data<bool>().ToArray();
        Drop(candidates, asked.cpu().data<long>().ToArray().Where((_, i) => fell[i]).ToArray());
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
        foreach (Tensor? tensor in (Tensor?[])[_result, _overall, Images, Labels, Targets, CleanLogits, Best, Value])
            tensor?.Dispose();
        _candidates.Dispose();
        _watch.Dispose();
    }

    private static Tensor Fooled(Tensor logits, Tensor labels, Tensor? targets) => targets is null ? logits.argmax(1).ne(labels) : logits.argmax(1).eq(targets);

    private static Tensor Owned(Tensor tensor) => tensor.DetachFromDisposeScope();

    private Tensor Lowest(long count)
    {
        using Tensor zero = zeros(count, _context.Images.dtype, _context.Images.device);
        return Owned(zero.FilledLike(double.NegativeInfinity));
    }

    private Tensor Rows(long[] rows) => tensor(rows, device: _context.Images.device);

    private ValueList<long> Ids() => _rows.Select(row => _context.Examples[(int)row]).ToValueList();

    private void Keep(Tensor candidates, Tensor values)
    {
        Tensor better = values.gt(Value);
        Tensor best = where(better.reshape(-1, 1, 1, 1), candidates, Best), value = where(better, values, Value);
        _candidates.Keep(better);
        Best.Dispose();
        Value.Dispose();
        (Best, Value) = (Owned(best), Owned(value));
    }

    private void Drop(Tensor candidates, long[] fallen)
    {
        if (fallen.Length == 0)
            return;
        _result.index_copy_(0, Rows([.. fallen.Select(i => _rows[i])]), candidates.index_select(0, Rows(fallen)));
        HashSet<long> gone = [.. fallen];
        long[] left = [.. Enumerable.Range(0, _rows.Length).Select(i => (long)i).Where(i => !gone.Contains(i))];
        Tensor rows = Rows(left);
        _rows = [.. left.Select(i => _rows[i])];
        Examples = Ids();
        Images = Compacted(Images, rows);
        Labels = Compacted(Labels, rows);
        Targets = Targets is null ? null : Compacted(Targets, rows);
        CleanLogits = CleanLogits is null ? null : Compacted(CleanLogits, rows);
        Best = Compacted(Best, rows);
        Value = Compacted(Value, rows);
        _candidates.Select(rows);
    }

    private static Tensor Compacted(Tensor tensor, Tensor rows)
    {
        Tensor left = Owned(tensor.index_select(0, rows));
        tensor.Dispose();
        return left;
    }

    private void Settle()
    {
        if (_rows.Length == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Rows(_rows), before = _overall.index_select(0, rows);
        Tensor better = Value.gt(before);
        _result.index_copy_(0, rows, where(better.reshape(-1, 1, 1, 1), Best, _result.index_select(0, rows)));
        _overall.index_copy_(0, rows, where(better, Value, before));
    }
}
