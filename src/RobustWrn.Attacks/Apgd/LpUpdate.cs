using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// APGD in Linf, L2 and balls of other kinds (Croce and Hein 2020, algorithm 1): steps along the steepest direction with momentum, halved where the loss stops rising. The
/// gaps between checkpoints are 0.22 N, then shrink by 0.03 N down to 0.06 N.
/// </summary>
internal sealed class LpUpdate : AscentUpdate
{
    private const double Momentum = 0.75;
    private const double FirstGap = 0.22, GapLoss = 0.03, LastGap = 0.06;

    // Of the published code. Moves are in pixels, whose rounding is a million times as large; gradients, which have no such scale, are
    // divided by their length alone.
    private const double NormOffset = 1e-12;

    private readonly ThreatModel _threat;
    private readonly double _rho;
    private readonly int _gapLoss, _lastGap;
    private readonly PerExample _images, _before, _stepSize, _previous, _rises, _rankAtCheck, _reduced;
    private int _gap, _since;
    private bool _moved, _looked;

    public LpUpdate(ApgdStage stage, ApgdSettings settings, ActiveExamples active, Tensor start, PerExample images)
    {
        (_threat, _rho, _images) = (stage.Threat, settings.Rho, images);
        (_gap, _gapLoss, _lastGap) = (Share(FirstGap), Share(GapLoss), Share(LastGap));
        _before = active.Keep(start.alias());
        using DisposeScope scope = NewDisposeScope();
        Tensor each = start.flatten(1).select(1, 0);
        _stepSize = active.Keep(each.FilledLike(2 * _threat.Epsilon).reshape(-1, 1, 1, 1));
        _previous = active.Keep(zeros_like(each));
        _rises = active.Keep(zeros_like(each));
        _rankAtCheck = active.Keep(each.FilledLike(double.NegativeInfinity));
        _reduced = active.Keep(ones_like(each, ScalarType.Bool));

        int Share(double share) => Math.Max((int)(share * stage.Steps), 1);
    }

    public override Tensor StepSize => _stepSize.Value;

    public static Tensor OnTheSphere(ThreatModel threat, Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        ReadOnlySpan<long> shape = images.shape.AsSpan(1);
        Tensor direction = threat is LinfThreat
            ? noise.Uniform(examples, shape, images.dtype, images.device).TimesInPlace(2).PlusInPlace(-1)
            : noise.Normal(examples, shape, images.dtype, images.device);
        Tensor length = threat is LinfThreat ? direction.abs().flatten(1).amax([1]).reshape(-1, 1, 1, 1) : direction.EuclideanLengths();
        return images.Plus((direction / length.Plus(NormOffset)).TimesInPlace(threat.Epsilon)).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    public override Tensor Next(Tensor point, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = _images.Value;
        Tensor next = Project(point.Plus(_stepSize.Value * _threat.SteepestDirection(gradient)), images);
        if (_moved)
            next = Project(point.Plus((next - point).TimesInPlace(Momentum)).PlusInPlace((point - _before.Value).TimesInPlace(1 - Momentum)), images);
        _moved = true;
        _before.Value = point.alias();
        return next.MoveToOuterDisposeScope();
    }

    public override Tensor? Adapt(Tensor loss, Tensor rank, (Tensor Point, Tensor Rank) best)
    {
        using DisposeScope scope = NewDisposeScope();
        // The official code compares the first step with a row of its history that nobody wrote: with 0, not with the loss of the start.
        // Kept, as its runs depend on it.
        _rises.Value = _rises.Value.Plus(_looked ? rank.gt(_previous.Value) : loss.IsAbove(0));
        _looked = true;
        _previous.Value = rank.alias();
        if (++_since < _gap)
            return null;
        // Few rises, or no better point since the last checkpoint although the step was as long there.
        Tensor stalled = _reduced.Value.logical_not() & _rankAtCheck.Value.ge(best.Rank);
        Tensor halved = _rises.Value.IsAtMost(_gap * _rho) | stalled;
        _stepSize.SetWhere(halved, _stepSize.Value.Times(0.5));
        _reduced.Value = halved.alias();
        _rankAtCheck.Value = best.Rank.alias();
        _rises.Value = zeros_like(rank);
        (_gap, _since) = (Math.Max(_gap - _gapLoss, _lastGap), 0);
        return halved.MoveToOuterDisposeScope();
    }

    private Tensor Project(Tensor candidates, Tensor images)
    {
        if (_threat is not L2Threat)
            return _threat.Project(candidates, images);
        Tensor move = candidates - images, length = move.EuclideanLengths();
        Tensor allowed = length.Clamped(0, _threat.Epsilon);
        return images.Plus(move / length.Plus(NormOffset) * allowed).ClampInPlace(0, 1);
    }
}
