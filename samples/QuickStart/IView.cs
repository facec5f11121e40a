using RobustWrn;
using RobustWrn.Core;

namespace QuickStart;

/// <summary>What a person sees while the experiment runs.</summary>
internal interface IView
{
    /// <summary>Shows a download.</summary>
    Task DownloadAsync(Func<IProgress<DownloadProgress>, Task> download);

    /// <summary>Says what is going to happen.</summary>
    void Introduce(Choices choices, RobustExperiment experiment);

    /// <summary>Runs the experiment and shows how far it is.</summary>
    Task<ExperimentResult> FollowAsync(RobustExperiment experiment, CancellationToken cancellationToken);
}
