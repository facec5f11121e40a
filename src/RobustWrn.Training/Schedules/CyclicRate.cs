using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>Straight up to the recipe's learning rate and straight down again, once or more often (Smith 2017, arXiv 1506.01186).</summary>
public sealed record CyclicRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cyclic";

    /// <summary>Cycles in a training. Default 1, as in fast adversarial training (Wong et al. 2020, arXiv 2001.03994).</summary>
    public int Cycles { get; init; } = 1;

    /// <summary>
    /// The share of a cycle that goes up, in (0, 1). Default 0.5 (Wong et al. 2020); Rice et al. 2020 (arXiv 2002.11569) take 0.4.
    /// </summary>
    public double Rise { get; init; } = 0.5;

    /// <summary>The factor at both ends of a cycle, in [0, 1]. Default 0 (Wong et al. 2020).</summary>
    public double Low { get; init; }

    /// <inheritdoc/>
    public double Factor(double progress)
    {
        double within = progress * Cycles;
        // The very end belongs to the last cycle.
        within -= Math.Min(Math.Floor(within), Cycles - 1);
        return Low + (1 - Low) * (within < Rise ? within / Rise : (1 - within) / (1 - Rise));
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Cycles),
        .. Rule.ProperShare(Rise),
        .. Rule.InClosed(Low, 0, 1),
    ];
}
