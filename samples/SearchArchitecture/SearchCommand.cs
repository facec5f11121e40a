using System.CommandLine;
using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using Spectre.Console;

namespace SearchArchitecture;

/// <summary>The program: reads the command line, checks all of it, searches, writes.</summary>
internal static class SearchCommand
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        RootCommand command = new("Searches a space of wide residual networks for robust ones: trains each candidate under attack, "
            + "judges it on validation images, and attacks the best on test images.");
        foreach (Option option in Options.All)
            command.Add(option);
        return CommandLine.RunAsync(command, args, Console.Out, Console.Error,
            (parsed, token) => RunAsync(Options.Read(parsed), token), cancellationToken);
    }

    private static Task<int> RunAsync(Choices choices, CancellationToken cancellationToken) => ExperimentCommand.EndAsync(
        async () =>
        {
            using Setup? setup = Setup.From(choices, out IReadOnlyList<string> problems);
            if (setup is null)
                return CommandLine.Refuse(Console.Error, problems);
            if (choices.DryRun || choices.Estimate)
                Preview.Print(setup, cancellationToken);
            else
                await SearchAsync(setup, cancellationToken);
            return 0;
        },
        choices.DryRun || choices.Estimate ? "Stopped; nothing was written." : OutputFolder.Stopped(choices.Out, choices.Fresh));

    private static async Task SearchAsync(Setup setup, CancellationToken cancellationToken)
    {
        // A worker is this program again, in the folder that its controller has taken.
        using OutputFolder folder = LocalWorkers.IsWorker
            ? OutputFolder.Join(setup.Choices.Out) : OutputFolder.Take(setup.Choices.Out, setup.Choices.Fresh);
        RobustExperiment experiment = setup.Experiment.RecordedIn(folder.Record);
        if (setup.Choices.Workers > 1)
            experiment = experiment.RunOn(new LocalWorkers(setup.Choices.Workers));
        // What is recorded there may be of another search.
        experiment.Check().ThrowIfAny(nameof(RobustExperiment));
        foreach (string line in Introduction.Lines(setup))
            Wrapped.WriteLine(line);
        IView view = AnsiConsole.Profile.Out.IsTerminal ? new LiveView() : new PlainView();
        Standings standings = new(experiment, CostBounds.Of(experiment, cancellationToken));
        ExperimentResult result = await view.FollowAsync(experiment, standings, cancellationToken);
        await result.WriteAsync(new JsonReport(), folder.ResultFile, cancellationToken);
        await result.WriteAsync(new MarkdownReport(), folder.ReportFile, cancellationToken);
        Summary.Print(setup, result, standings, folder);
    }
}
