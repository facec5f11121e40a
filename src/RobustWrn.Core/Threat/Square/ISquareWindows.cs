using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The windows of the Square attack, under one norm, for one run of the attack: it may keep tensors from query to query,
/// and disposing it disposes them.
/// </summary>
public interface ISquareWindows : IDisposable
{
    /// <summary>The start of a run.</summary>
    /// <param name="query">The images; its best points and share mean nothing yet.</param>
    /// <returns>(n, C, H, W) in the ball and in [0, 1], of the caller's dispose scope.</returns>
    Tensor Start(SquareQuery query);

    /// <summary>The best points with a part of each changed.</summary>
    /// <param name="query">The images, their best points, and how large a part is.</param>
    /// <returns>
    /// (n, C, H, W) in the ball and in [0, 1], of the caller's dispose scope; and the window that holds all that differs from the best
    /// points, null where no one window does. With a window, a network that can be followed computes only what the window reaches.
    /// </returns>
    (Tensor Points, PixelWindow? Window) Candidate(SquareQuery query);
}
