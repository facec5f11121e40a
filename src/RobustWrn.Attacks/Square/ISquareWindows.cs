using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What a window of the Square attack does to an image, under one norm. What is returned belongs to the caller's dispose scope.</summary>
internal interface ISquareWindows : IDisposable
{
    /// <summary>Where a run starts.</summary>
    Tensor Start(UnfooledBatch batch, RandomStream noise);

    /// <summary>The strongest points with a part of each changed; in the ball and in [0, 1].</summary>
    /// <param name="batch">The images.</param>
    /// <param name="noise">The randomness of this query.</param>
    /// <param name="share">The share of the pixels that a window covers.</param>
    QueryCandidate Candidate(UnfooledBatch batch, RandomStream noise, double share);
}
