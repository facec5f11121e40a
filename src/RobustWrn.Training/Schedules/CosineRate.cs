using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// Half a cosine from the full learning rate down to <see cref="Final"/> of it (Loshchilov and Hutter 2017, arXiv 1608.03983,
/// without restarts).
/// </summary>
public sealed record CosineRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cosine";

    /// <summary>The factor at the end, in [0, 1]. Default 0, as in the runs of Huang et al. 2021 with extra images.</summary>
    public double Final { get; init; }

    /// <inheritdoc/>
    public double Factor(double progress) => Final + (1 - Final) * (1 + Math.Cos(Math.PI * progress)) / 2;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.InClosed(Final, 0, 1);
}
