namespace RobustWrn.Training;

/// <summary>Which weights of a training.</summary>
public enum TrainedWeights
{
    /// <summary>Those of the epoch that was best on validation.</summary>
    Best,

    /// <summary>The newest ones.</summary>
    Last,

    /// <summary>The weight average of the epoch whose average was best on validation.</summary>
    BestAverage,

    /// <summary>The newest weight average.</summary>
    LastAverage,
}
