using RobustWrn;

namespace SearchArchitecture;

/// <summary>One line an event, for output that is redirected to a file.</summary>
internal sealed class PlainView : IView
{
    public async Task<ExperimentResult> FollowAsync(RobustExperiment experiment, Standings standings, CancellationToken cancellationToken)
    {
        ExperimentResult? result = null;
        await foreach (ExperimentProgress report in experiment.StreamAsync(cancellationToken))
        {
            result = report.Result ?? result;
            standings.Take(report);
            if (report.Finished is not { } network)
                continue;
            string resumed = report.IsResumed ? ", resumed" : "";
            Console.WriteLine($"{NetworkResult.Place(network.Trial)}: {network.Name}{Event(report, network, standings)}{resumed}");
        }
        return result!;
    }

    private static string Event(ExperimentProgress report, NetworkResult network, Standings standings) =>
        network.Failure is { } failure ? $", failed: {failure}" : report.Stage switch
        {
            ExperimentStage.Training when network.Pruned is { } pruned => $", {pruned}",
            ExperimentStage.Training => $", validation: {string.Join(", ", standings.Shown.Select(shown =>
                $"{Measured.Name(shown)} {Measured.Long(network, shown)}"))}"
                + (standings.Growth is { } growth ? $"; hypervolume {growth.Values[^1]:0.0000}" : ""),
            ExperimentStage.Auditing => $", audited on validation: {network.ValidationAudit?.Summary ?? "no audit"}",
            _ => $", test: robust {network.TestRobust}, clean {network.TestClean}",
        };
}
