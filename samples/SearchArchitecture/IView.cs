using RobustWrn;

namespace SearchArchitecture;

/// <summary>The view of a search that runs.</summary>
internal interface IView
{
    /// <summary>Runs the experiment and shows how far it is.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="standings">Takes what comes of its networks.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<ExperimentResult> FollowAsync(RobustExperiment experiment, Standings standings, CancellationToken cancellationToken);
}
