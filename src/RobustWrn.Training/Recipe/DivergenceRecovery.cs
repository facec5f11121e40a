using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The way back when loss or gradients become NaN or infinite: the epoch begins anew from its start, at a lower learning rate for the
/// rest of the training. The state at the start of the epoch is kept in memory, and in checkpoints within an epoch, so that a resumed run
/// goes the same way.
/// </summary>
public sealed record DivergenceRecovery : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "divergence-recovery";

    /// <summary>The most recoveries of a training; the next time it stops. Default 3: our choice.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The factor of the learning rate each time, in (0, 1). Default 0.5: our choice.</summary>
    public double Factor { get; init; } = 0.5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Retries),
        .. Rule.ProperShare(Factor),
    ];
}
