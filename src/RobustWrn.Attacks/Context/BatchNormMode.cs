namespace RobustWrn.Attacks;

/// <summary>What batch normalisation goes by while a model is attacked. Everything else of the model is in evaluation mode, dropout off; nothing of it changes.</summary>
public enum BatchNormMode
{
    /// <summary>Its running statistics, as when the model is used: for every evaluation, and for training as in Huang et al. 2021 and Pang et al. 2021.</summary>
    Evaluation,

    /// <summary>
    /// The statistics of the batch, which are not tracked: how Gowal et al. 2020, Rebuffi et al. 2021 and Wang et al. 2023 attack in training. An example's attack then depends
    /// on the others of its batch, so none leaves it early, and there is no frozen view of a network with batch norm. For training only.
    /// </summary>
    BatchStatistics,
}
