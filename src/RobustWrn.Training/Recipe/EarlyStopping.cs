using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// Ends a training whose robust validation accuracy no longer grows: a rule of the recorded epochs, so that a resumed run ends where an
/// uninterrupted one does.
/// </summary>
public sealed record EarlyStopping : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "early-stopping";

    /// <summary>The number of epochs in a row that may be no better than the best before them. Default 10: our choice.</summary>
    /// <remarks>
    /// Before a drop of the learning rate, accuracy stands still for long: Rice et al. 2020 (arXiv 2002.11569) train to the end and
    /// select the best epoch instead.
    /// </remarks>
    public int Patience { get; init; } = 10;

    /// <summary>The first epoch, from 1, after which training may end. Default 1: our choice, no limit.</summary>
    public int NotBefore { get; init; } = 1;

    /// <summary>Tells that a training ends after these epochs.</summary>
    /// <param name="epochs">All epochs so far, in order. Those of a weight average count too: either may be the better one.</param>
    public bool Ends(IReadOnlyList<EpochMetrics> epochs)
    {
        ArgumentNullException.ThrowIfNull(epochs);
        if (epochs.Count < NotBefore || epochs.Count == 0)
            return false;
        (int best, int bestAverage) = (0, 0);
        for (int i = 1; i < epochs.Count; i++)
        {
            if (epochs[i].IsBetterThan(epochs[best]))
                best = i;
            if (epochs[i].HasBetterAverageThan(epochs[bestAverage]))
                bestAverage = i;
        }
        return epochs.Count - 1 - Math.Max(best, bestAverage) >= Patience;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Patience), .. Rule.Positive(NotBefore)];
}
