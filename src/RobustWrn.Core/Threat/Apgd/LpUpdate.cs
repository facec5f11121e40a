using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// APGD in any norm (Croce and Hein 2020, algorithm 1): steps along the steepest direction with momentum, halved where the loss stops
/// rising. The gaps between checkpoints are 0.22 N, then shrink by 0.03 N down to 0.06 N.
/// </summary>
public class LpUpdate : AscentUpdate
{
    private const double Momentum = 0.75;
    private const double FirstGap = 0.22, GapLoss = 0.03, LastGap = 0.06;

    /// <summary>
    /// Added to the length of a move before it divides by it: 1e-12, as in the published code. Moves are in pixels, whose rounding is a
    /// million times as large; gradients, which have no such scale, are divided by their length alone.
    /// </summary>
    protected const double NormOffset = 1e-12;

    private readonly ThreatModel _threat;
    private readonly double _rho;
    private readonly int _gapLoss, _lastGap;
    private readonly PerExample _images, _before, _stepSize, _previous, _rises, _rankAtCheck, _reduced;
    private int _gap, _since;
    private bool _moved, _looked;

    /// <summary>Prepares the moves of a run.</summary>
    /// <param name="threat">The ball.</param>
    /// <param name="run">The run; the moves keep what they remember with its examples.</param>
    /// <param name="rho">
    /// The share of the steps between two checkpoints that must raise the loss. Default 0.75 (Croce and Hein 2020).
    /// </param>
    public LpUpdate(ThreatModel threat, AscentRun run, double rho = 0.75)
    {
        ArgumentNullException.ThrowIfNull(threat);
        ArgumentNullException.ThrowIfNull(run);
        (_threat, _rho, _images) = (threat, rho, run.Images);
        (ActiveExamples active, Tensor start) = (run.Active, run.Start);
        (_gap, _gapLoss, _lastGap) = (Share(FirstGap), Share(GapLoss), Share(LastGap));
        _before = active.Keep(start.alias());
        using DisposeScope scope = NewDisposeScope();
        Tensor each = start.flatten(1).select(1, 0);
        _stepSize = active.Keep(each.FilledLike(2 * _threat.Epsilon).reshape(-1, 1, 1, 1));
        _previous = active.Keep(zeros_like(each));
        _rises = active.Keep(zeros_like(each));
        _rankAtCheck = active.Keep(each.FilledLike(double.NegativeInfinity));
        _reduced = active.Keep(ones_like(each, ScalarType.Bool));

        int Share(double share) => Math.Max((int)(share * run.Steps), 1);
    }

    /// <inheritdoc/>
    public override Tensor StepSize => _stepSize.Value;

    /// <summary>Points on the sphere around the images, clamped to [0, 1]: where APGD starts in Linf and L2 (official code).</summary>
    /// <param name="images">(N, C, H, W) in [0, 1].</param>
    /// <param name="direction">From each image, (N, C, H, W).</param>
    /// <param name="length">The lengths of the directions, (N, 1, 1, 1).</param>
    /// <param name="epsilon">The radius.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public static Tensor OnTheSphere(Tensor images, Tensor direction, Tensor length, double epsilon)
    {
        using DisposeScope scope = NewDisposeScope();
        return images.Plus((direction / length.Plus(NormOffset)).TimesInPlace(epsilon)).ClampInPlace(0, 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor point, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = _images.Value;
        Tensor next = Project(point.Plus(_stepSize.Value * _threat.SteepestDirection(gradient)), images);
        if (_moved)
        {
            Tensor carried = point.Plus((next - point).TimesInPlace(Momentum));
            next = Project(carried.PlusInPlace((point - _before.Value).TimesInPlace(1 - Momentum)), images);
        }
        _moved = true;
        _before.Value = point.alias();
        return next.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
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

    /// <summary>Brings candidates into the ball and into [0, 1]. Default: the threat's projection.</summary>
    /// <param name="candidates">(n, C, H, W).</param>
    /// <param name="images">(n, C, H, W) in [0, 1].</param>
    /// <returns>(n, C, H, W), of the caller's dispose scope.</returns>
    protected virtual Tensor Project(Tensor candidates, Tensor images) => _threat.Project(candidates, images);
}
