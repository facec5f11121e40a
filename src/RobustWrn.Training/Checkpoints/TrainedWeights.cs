namespace RobustWrn.Training;

/// <summary>The weights of a training to choose from.</summary>
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
