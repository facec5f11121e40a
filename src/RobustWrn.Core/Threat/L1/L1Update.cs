using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// APGD in L1 (Croce and Hein 2021, arXiv 2103.01208, algorithm 1): a step moves the values of the largest slope by equal shares, as many
/// as the best perturbation has, over 1.5. Every 0.04 N steps it goes back to the best point with the full step where that became sparser
/// by 5 %, and shortens the step where it did not.
/// </summary>
internal sealed class L1Update : AscentUpdate
{
    private const double Gap = 0.04;
    private const double FirstShare = 0.2, Thinning = 1.5;
    private const double Sparser = 0.95;
    private const double Shortening = 1.5, ShortestPart = 10;
    private const double CountOffset = 1e-10;

    private readonly L1Threat _threat;
    private readonly int _gap;
    private readonly long _values;
    private readonly PerExample _images, _stepSize, _share, _moved;
    private int _since;

    public L1Update(L1Threat threat, AscentRun run)
    {
        (_threat, _images) = (threat, run.Images);
        (ActiveExamples active, Tensor start) = (run.Active, run.Start);
        _gap = Math.Max((int)(Gap * run.Steps), 1);
        using DisposeScope scope = NewDisposeScope();
        Tensor moved = Moved(start), each = moved;
        _values = start[0].numel();
        _stepSize = active.Keep(each.FilledLike(_threat.Epsilon).reshape(-1, 1, 1, 1));
        _share = active.Keep(run.Resumed ? Share(moved) : each.FilledLike(FirstShare));
        _moved = active.Keep(run.Resumed ? moved.alias() : each.FilledLike(_values));
    }

    public override Tensor StepSize => _stepSize.Value;

    public override Tensor Next(Tensor point, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slope = gradient.abs().flatten(1);
        Tensor place = (_share.Value.neg().PlusInPlace(1)).TimesInPlace(_values).ClampInPlace(0, _values - 1).to(ScalarType.Int64);
        Tensor least = slope.sort(1).Values.gather(1, place.unsqueeze(1));
        Tensor direction = where(slope.ge(least), gradient.flatten(1).sign(), zeros_like(slope));
        Tensor each = direction.abs().sum(1, keepdim: true).PlusInPlace(CountOffset).reshape(-1, 1, 1, 1);
        Tensor moved = point.Plus(_stepSize.Value * direction.reshape(point.shape) / each);
        return _threat.Project(moved, _images.Value).MoveToOuterDisposeScope();
    }

    public override Tensor? Adapt(Tensor loss, Tensor rank, (Tensor Point, Tensor Rank) best)
    {
        if (++_since < _gap)
            return null;
        _since = 0;
        using DisposeScope scope = NewDisposeScope();
        Tensor moved = Moved(best.Point), sparser = (moved / _moved.Value).IsBelow(Sparser);
        _share.Value = Share(moved);
        Tensor full = _stepSize.Value.FilledLike(_threat.Epsilon);
        _stepSize.Value = _stepSize.Value.Over(Shortening).ClampInPlace(_threat.Epsilon / ShortestPart, _threat.Epsilon);
        _stepSize.SetWhere(sparser, full);
        _moved.Value = moved.alias();
        return sparser.MoveToOuterDisposeScope();
    }

    private Tensor Moved(Tensor point) => (point - _images.Value).flatten(1).IsEqualTo(0).logical_not_().sum(1).to(point.dtype);

    private Tensor Share(Tensor moved) => moved.Over(_values).Over(Thinning);
}
