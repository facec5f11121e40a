using System.CommandLine;
using QuickStart;
using RobustWrn;
using RobustWrn.Core;
using Spectre.Console;

Option<string> data = new("--data") { Description = "synthetic, cifar-10 (fetched once into a cache folder), or a folder in CIFAR-10's binary layout", DefaultValueFactory = _ => "synthetic" };
Option<int> trials = new("--trials") { Description = "how many candidates the search trains", DefaultValueFactory = _ => 4 };
Option<int?> epochs = new("--epochs") { Description = "epochs of each training (default: chosen for the data)" };
Option<int?> images = new("--images") { Description = "training images, validation images among them (default: chosen for the data)" };
Option<long> seed = new("--seed") { Description = "the seed of everything random", DefaultValueFactory = _ => 1 };
Option<string> output = new("--out") { Description = "folder for the result, the report and the record that a rerun goes on from", DefaultValueFactory = _ => Path.Combine("runs", "quickstart") };
Option<bool> fresh = new("--fresh") { Description = "forget what is recorded in --out and start anew" };

RootCommand command = new("Searches the last-stage width and the stage depths of a small wide residual network for robustness, and compares what it finds with the unmodified network.")
{
    data, trials, epochs, images, seed, output, fresh,
};
command.SetAction((parsed, cancellationToken) => RunAsync(
    new Choices(parsed.GetValue(data)!, parsed.GetValue(trials), parsed.GetValue(epochs), parsed.GetValue(images), parsed.GetValue(seed), parsed.GetValue(output)!),
    parsed.GetValue(fresh), cancellationToken));
return await command.Parse(args).InvokeAsync();

static async Task<int> RunAsync(Choices choices, bool fresh, CancellationToken cancellationToken)
{
    try
    {
        if (fresh)
            choices.Forget();
        IView view = AnsiConsole.Profile.Out.IsTerminal ? new LiveView() : new PlainView();
        using DatasetSplits images = await choices.OpenImagesAsync(view, cancellationToken);
        RobustExperiment experiment = choices.Describe(images);
        experiment.Check().ThrowIfAny(nameof(RobustExperiment));
        view.Introduce(choices, experiment);
        ExperimentResult result = await view.FollowAsync(experiment, cancellationToken);
        await result.WriteAsync(new JsonReport(), choices.ResultFile, cancellationToken);
        await result.WriteAsync(new MarkdownReport(), choices.ReportFile, cancellationToken);
        Summary.Print(result, choices);
        return 0;
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Stopped. What was finished is recorded: the same command goes on from there.");
        return 130;
    }
    catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
    {
        Console.Error.WriteLine(e.Message);
        return 2;
    }
}
