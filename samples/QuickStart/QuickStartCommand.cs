using System.CommandLine;
using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using Spectre.Console;

namespace QuickStart;

/// <summary>The program: reads the command line, checks all of it, searches, writes.</summary>
internal static class QuickStartCommand
{
    private static readonly Option<string> Data = new("--data")
    {
        Description = "synthetic, cifar-10 (fetched once into a cache folder), or a folder in CIFAR-10's binary layout",
        DefaultValueFactory = _ => SyntheticData.Name,
    };

    private static readonly Option<int?> Trials = WholeNumber.Int("--trials", "4", "how many candidates the search trains (default: 4)");
    private static readonly Option<int?> Epochs = WholeNumber.Int("--epochs", "5",
        "epochs of each training (default: chosen for the data)");
    private static readonly Option<int?> Images = WholeNumber.Int("--images", "1500", "training images (default: chosen for the data)");
    private static readonly Option<long?> Seed = WholeNumber.Long("--seed", "1", "the seed of everything random (default: 1)");

    private static readonly Option<string> Out = new("--out")
    {
        Description = "folder for the result, the report and the record that a rerun goes on from",
        DefaultValueFactory = _ => Path.Combine("runs", "quickstart"),
    };

    private static readonly Option<bool> Fresh = new("--fresh") { Description = "forget what is recorded in --out and start anew" };

    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        RootCommand command = new("Searches the last-stage width and the stage depths of a small wide residual network for robustness, "
            + "and compares what it finds with the unmodified network.")
        {
            Data, Trials, Epochs, Images, Seed, Out, Fresh,
        };
        return CommandLine.RunAsync(command, args, Console.Out, Console.Error,
            (parsed, token) => RunAsync(Read(parsed), parsed.GetValue(Fresh), token), cancellationToken);
    }

    private static Choices Read(ParseResult parsed) => new()
    {
        Data = parsed.GetValue(Data)!,
        Trials = parsed.GetValue(Trials) ?? 4,
        Epochs = parsed.GetValue(Epochs),
        Images = parsed.GetValue(Images),
        Seed = parsed.GetValue(Seed) ?? 1,
        Out = parsed.GetValue(Out)!,
    };

    private static Task<int> RunAsync(Choices choices, bool fresh, CancellationToken cancellationToken) =>
        ExperimentCommand.EndAsync(() => SearchAsync(choices, fresh, cancellationToken), OutputFolder.Stopped(choices.Out, fresh));

    private static async Task<int> SearchAsync(Choices choices, bool fresh, CancellationToken cancellationToken)
    {
        if (choices.Problems().ToArray() is { Length: > 0 } problems)
            return CommandLine.Refuse(Console.Error, problems);
        IView view = AnsiConsole.Profile.Out.IsTerminal ? new LiveView() : new PlainView();
        using DatasetSplits images = await choices.OpenImagesAsync(view, cancellationToken);
        RobustExperiment described = choices.Describe(images);
        described.Check().ThrowIfAny(nameof(RobustExperiment));
        using OutputFolder folder = OutputFolder.Take(choices.Out, fresh);
        RobustExperiment experiment = described.RecordedIn(folder.Record);
        experiment.Check().ThrowIfAny(nameof(RobustExperiment));
        view.Introduce(choices, experiment);
        ExperimentResult result = await view.FollowAsync(experiment, cancellationToken);
        await result.WriteAsync(new JsonReport(), folder.ResultFile, cancellationToken);
        await result.WriteAsync(new MarkdownReport(), folder.ReportFile, cancellationToken);
        Summary.Print(result, folder, choices.Synthetic);
        return 0;
    }
}
