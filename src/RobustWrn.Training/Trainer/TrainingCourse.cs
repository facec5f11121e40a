namespace RobustWrn.Training;

/// <summary>The course of a training so far: its finished epochs, the best of them, and how often it went back.</summary>
internal sealed class TrainingCourse
{
    private readonly List<EpochMetrics> _epochs = [];
    private int _best, _bestAverage;

    /// <summary>The finished epochs.</summary>
    public IReadOnlyList<EpochMetrics> Epochs => _epochs;

    /// <summary>The epoch that was best on validation.</summary>
    public EpochMetrics Best => _epochs[_best];

    /// <summary>The epoch whose weight average was best on validation.</summary>
    public EpochMetrics BestAverage => _epochs[_bestAverage];

    /// <summary>The steps of the epoch at work that a checkpoint has behind it, until that epoch goes on; else null.</summary>
    public EpochSoFar? SoFar { get; set; }

    /// <summary>The number of times that the training went back to the start of an epoch.</summary>
    public int Setbacks { get; set; }

    /// <summary>Finished epochs that a checkpoint brought.</summary>
    public int Resumed { get; private set; }

    /// <summary>Adds a finished epoch.</summary>
    /// <returns>Which of its weights are the best so far.</returns>
    public (bool Best, bool BestAverage) Add(EpochMetrics metrics)
    {
        bool first = _epochs.Count == 0, best = first || metrics.IsBetterThan(Best);
        bool bestAverage = metrics.Average is not null && (first || metrics.HasBetterAverageThan(BestAverage));
        if (best)
            _best = _epochs.Count;
        if (bestAverage)
            _bestAverage = _epochs.Count;
        _epochs.Add(metrics);
        return (best, bestAverage);
    }

    /// <summary>Takes over the course of a checkpoint.</summary>
    public void GoOnFrom(RunPosition position)
    {
        _epochs.AddRange(position.Epochs);
        (_best, _bestAverage, SoFar, Setbacks) = (position.Best, position.BestAverage, position.SoFar, position.Setbacks);
        Resumed = _epochs.Count;
    }

    /// <summary>The position that a checkpoint holds.</summary>
    /// <param name="soFar">The steps of the epoch at work; null between two epochs.</param>
    public RunPosition At(EpochSoFar? soFar) =>
        new() { Epochs = [.. _epochs], Best = _best, BestAverage = _bestAverage, SoFar = soFar, Setbacks = Setbacks };
}
