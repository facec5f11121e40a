using RobustWrn;
using RobustWrn.Core;

namespace QuickStart;

/// <summary>One line an event, for output that is redirected to a file.</summary>
internal sealed class PlainView : IView
{
    public Task DownloadAsync(Func<IProgress<DownloadProgress>, Task> download)
    {
        Console.WriteLine("fetching CIFAR-10 ...");
        return download(new Progress<DownloadProgress>());
    }

    public void Introduce(Choices choices, RobustExperiment experiment)
    {
        foreach (string line in Introduction.Lines(choices, experiment))
            Console.WriteLine(line);
    }

    public async Task<ExperimentResult> FollowAsync(RobustExperiment experiment, CancellationToken cancellationToken)
    {
        ExperimentResult? result = null;
        await foreach (ExperimentProgress report in experiment.StreamAsync(cancellationToken))
        {
            result = report.Result ?? result;
            if (report.Finished is not { } network)
                continue;
            string resumed = report.IsResumed ? ", resumed" : "", who = $"{NetworkResult.Place(network.Trial)}: {network.Name}";
            Console.WriteLine(network.Failure is { } failure
                ? $"{who}, failed: {failure}"
                : report.Stage switch
                {
                    ExperimentStage.Training => $"{who}, {NetworkTable.Cost(network)} MMACs, validation: "
                        + $"robust {network.ValidationRobust}, clean {network.ValidationClean}{resumed}",
                    ExperimentStage.Auditing => $"{who}, audited on validation: {network.ValidationAudit?.Summary ?? "no audit"}{resumed}",
                    _ => $"{who}, test: robust {network.TestRobust}, clean {network.TestClean}{resumed}",
                });
        }
        return result!;
    }
}
