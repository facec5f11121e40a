using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The move onto a hyperplane in [0, 1], norm by norm the solution of a small convex program: every pixel goes against the sign of the
/// function, by an amount in [0, room], so that sum |normal| * amount = |value|, at the least length.
/// </summary>
/// <remarks>
/// Tensors that are made while it lives die with it, but for the moves that it returns:
/// <c>using HyperplaneInBox problem = new(points, normals, values); return problem.MoveTogether(problem.Slopes);</c>.
/// Slopes and value are divided by the largest slope first, which changes nothing of the problem, so that it can be solved at any scale of
/// the function.
/// </remarks>
public sealed class HyperplaneInBox : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _goesDown;

    /// <summary>Prepares the problem.</summary>
    /// <param name="points">In [0, 1], (N, D).</param>
    /// <param name="normals">The slopes, (N, D).</param>
    /// <param name="values">The linear functions at the points, (N).</param>
    public HyperplaneInBox(Tensor points, Tensor normals, Tensor values)
    {
        Tensor scale = normals.RowScale();
        Excess = values.abs().unsqueeze(1) / scale;
        Slopes = normals.abs() / scale;
        // Down where that brings the value towards 0.
        _goesDown = normals.IsAbove(0).eq(values.IsAtLeast(0).unsqueeze(1));
        Room = where(_goesDown, points, points.neg().PlusInPlace(1)).ClampInPlace(0, 1).FilledWhere(normals.IsEqualTo(0), 0);
    }

    /// <summary>What is to be made up, (N, 1).</summary>
    public Tensor Excess { get; }

    /// <summary>How much each pixel's amount counts, (N, D).</summary>
    public Tensor Slopes { get; }

    /// <summary>How far each pixel can go, (N, D); 0 where its slope is 0.</summary>
    public Tensor Room { get; }

    /// <summary>
    /// Amounts min(level * speed, room) at the smallest level that suffices. By the conditions of Karush, Kuhn and Tucker that is the
    /// solution for Linf with speed 1, and for Lp with the slopes to the power of 1 / (p - 1) as speed: for L2 the slopes themselves.
    /// </summary>
    /// <remarks>
    /// What is made up is a concave, piecewise linear function of the level, so Newton's method from below meets its root exactly after
    /// finitely many steps, and with fewer operations than sorting the breakpoints: each step lets the pixels stop that have used their
    /// room, and solves for the others.
    /// </remarks>
    /// <param name="speeds">(N, D), or null for 1.</param>
    /// <returns>The move, (N, D). The caller disposes it.</returns>
    public Tensor MoveTogether(Tensor? speeds)
    {
        Tensor stops = speeds is null ? Room : where(speeds.IsAbove(0), Room / speeds, zeros_like(Room));
        Tensor rates = speeds is null ? Slopes : Slopes * speeds;
        Tensor filled = Slopes * Room, none = zeros_like(Room), level = zeros_like(Excess);
        for (bool rises = true; rises;)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor moves = stops.gt(level);
            Tensor missing = Excess - where(moves, none, filled).sum(1, keepdim: true);
            Tensor rate = where(moves, rates, none).sum(1, keepdim: true);
            // Nothing moves any more and something is missing: out of reach.
            Tensor root = where(rate.IsAbove(0), missing / rate,
                where(missing.IsAbove(0), missing.FilledLike(double.PositiveInfinity), level));
            Tensor above = root.gt(level);
            level = where(above, root, level).MoveToOuterDisposeScope();
            rises = above.any().item<bool>();
        }
        return Signed(where(stops.gt(level), speeds is null ? level : level * speeds, Room));
    }

    /// <summary>
    /// Fills the pixels one after the other, the steepest first, the last one in part: the solution for L1, where each unit of length does
    /// most where the slope is largest.
    /// </summary>
    /// <returns>The move, (N, D). The caller disposes it.</returns>
    public Tensor MoveSteepestFirst()
    {
        Tensor order = Slopes.argsort(1, descending: true);
        Tensor slopes = Slopes.gather(1, order), room = Room.gather(1, order);
        Tensor upTo = (slopes * room).cumsum(1);
        Tensor before = cat([zeros_like(Excess), upTo.narrow(1, 0, upTo.shape[1] - 1)], 1);
        Tensor amount = minimum(((Excess - before) / slopes).ClampInPlace(0, double.PositiveInfinity), room);
        amount = where(slopes.IsAbove(0), amount, zeros_like(amount));
        return Signed(zeros_like(amount).scatter_(1, order, amount));
    }

    /// <inheritdoc/>
    public void Dispose() => _scope.Dispose();

    private Tensor Signed(Tensor amounts) => where(_goesDown, amounts.neg(), amounts).MoveToOuterDisposeScope();
}
