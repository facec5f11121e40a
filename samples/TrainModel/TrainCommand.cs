using System.CommandLine;
using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>The program: reads the command line, checks all of it, trains, writes.</summary>
public static class TrainCommand
{
    /// <summary>Something in the command line, or in a file it names, is wrong.</summary>
    public const int BadArguments = CommandLine.BadArguments;

    private static readonly Option<string?> Recipe = new("--recipe")
    {
        Description = $"what is minimised and how: {PublishedPlans.Names}, or a JSON file, which runs as written (default: {Setup.DefaultRecipe})",
    };
    private static readonly Option<string?> Spec = new("--spec") { Description = $"the network: {NamedNetwork.Ways} (default: {Setup.DefaultSpec})" };
    private static readonly Option<string> Data = new("--data") { Description = "synthetic, or the folder of CIFAR-10 or CIFAR-100 in its binary layout", DefaultValueFactory = _ => "synthetic" };
    private static readonly Option<string?> Extra = new("--extra") { Description = "extra images for recipes that mix some in: .npz with image and label, or the .pickle of the 500,000 pseudo-labelled images" };
    private static readonly Option<string?> Weights = new("--weights") { Description = "weights to start from (safetensors or .pth), instead of random ones" };
    private static readonly Option<string?> Entry =
        new("--entry") { Description = "the entry of the --weights file, such as ema_state_dict (default: the network itself)" };
    private static readonly Option<string?> Names =
        new("--names") { Description = $"whose names it has: {string.Join(", ", WeightsChoice.KnownNames)} (default: recognised)" };
    private static readonly Option<string[]> Skip = new("--skip")
    {
        Description = "what of it is left out, such as fc.* or normalize.*",
        AllowMultipleArgumentsPerToken = true,
    };
    private static readonly Option<string?> Continue = new("--continue") { Description = "the --out folder of a finished training, or one of its checkpoints: goes on with it for --epochs in all, by its own recipe, network and seed" };
    private static readonly Option<long?> Images = WholeNumber.Long("--images", "10000", "training images (default: all; 1500 synthetic ones)");
    private static readonly Option<int?> Epochs = WholeNumber.Int("--epochs", "10", "epochs (default: the recipe's)");
    private static readonly Option<long?> Seed = WholeNumber.Long("--seed", "1", "what all randomness comes from (default: 0)");
    private static readonly Option<string> Out = new("--out") { Description = "the folder for weights, metrics and checkpoints; the same command goes on there after a stop", DefaultValueFactory = _ => "trained" };

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        RootCommand command = new("Trains a network to stay right under attack, by a published recipe or one of your own.")
        {
            Recipe, Spec, Data, Extra, Weights, Entry, Names, Skip, Continue, Images, Epochs, Seed, Out,
        };
        return await CommandLine.RunAsync(command, args, output, error, (parsed, token) => TrainAsync(Read(parsed), output, error, token), cancellationToken);
    }

    private static Choices Read(ParseResult parsed) => new()
    {
        Recipe = parsed.GetValue(Recipe),
        Spec = parsed.GetValue(Spec),
        Data = parsed.GetValue(Data)!,
        Extra = parsed.GetValue(Extra),
        Weights = parsed.GetValue(Weights),
        WeightsFrom = new WeightsChoice { Entry = parsed.GetValue(Entry), Names = parsed.GetValue(Names), Skip = parsed.GetValue(Skip)! },
        Continue = parsed.GetValue(Continue),
        Images = parsed.GetValue(Images),
        Epochs = parsed.GetValue(Epochs),
        Seed = parsed.GetValue(Seed),
        Out = parsed.GetValue(Out)!,
    };

    private static async Task<int> TrainAsync(Choices choices, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            using Setup? setup = Setup.From(choices, out IReadOnlyList<string> problems);
            if (setup is null)
                return CommandLine.Refuse(error, problems);
            using TrainedFolder folder = TrainedFolder.Take(choices.Out);
            if (folder.Begin(setup) is { } wrong)
                return CommandLine.Refuse(error, [wrong]);
            await RunAsync(setup, choices, folder, output, error, cancellationToken);
            return 0;
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"Stopped; what is done stands in {choices.Out}, and the same command goes on there.");
            return StopRequest.Stopped;
        }
        catch (Exception e) when (
            e is CheckpointRefusedException or InvalidDescriptionException or ArgumentException { ParamName: "options" })
        {
            return CommandLine.Refuse(error, [e.Message]);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or TrainingDivergedException or TrainingOutOfMemoryException or TorchNativeException)
        {
            error.WriteLine(e.Message);
            return CommandLine.Failed;
        }
    }

    private static async Task RunAsync(Setup setup, Choices choices, TrainedFolder folder, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        TrainingRecipe recipe = setup.Plan.Recipe;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{setup.Plan.Objective.Name} for {setup.Spec.Name} ({setup.Spec.Cost(setup.Data.Height, setup.Data.Width).MultiplyAdds / 1e6:0.0} MMACs) under {setup.Plan.Threat}: {Quantity.Of(recipe.Epochs, "epoch")} of {Quantity.Of(setup.Data.Training.Train.Count, "image")}, {recipe.BatchSize} a step, learning rate {recipe.LearningRate:0.####}"));
        if (setup.Data.Training.Extra is null && PublishedPlans.Find(choices.Recipe ?? Setup.DefaultRecipe) is { TakesExtra: true } && setup.Continues is null)
            output.WriteLine($"Note: {choices.Recipe ?? Setup.DefaultRecipe} is made for extra images (--extra); without them it is another training.");
        if (PublishedPlans.Find(choices.Recipe ?? Setup.DefaultRecipe) is { } published && setup.Continues is null && published.Network.Name != setup.Spec.Name)
            output.WriteLine($"Note: {published.Name} was published with {published.Network.Name} (--spec); this run trains {setup.Spec.Name}.");
        using Classifier classifier = setup.Spec.Build(setup.Seed);
        TrainingOptions options = new()
        {
            CheckpointFolder = folder.Checkpoints,
            MetricsFolder = choices.Out,
            CheckpointInterval = TimeSpan.FromMinutes(5),
            InitialWeights = choices.Weights,
            InitialWeightsOptions = choices.WeightsFrom.Options([]),
            Continues = setup.Continues,
            Logger = new WarningLines(output, error),
        };
        TrainingResult result = await setup.Plan.Trainer().FitAsync(classifier, setup.Data.Training, setup.Plan.Threat, setup.Seed, options, new ProgressLines(output), cancellationToken);
        if (result.Resumed > 0)
            output.WriteLine($"{Quantity.Of(result.Resumed, "epoch")} {(result.Resumed == 1 ? "was" : "were")} taken from {(setup.Continues is null ? "" : $"{setup.Continues} or ")}{folder.Checkpoints}");
        IReadOnlyList<string> files = folder.End(classifier, result);
        output.WriteLine($"best: epoch {result.Best.Epoch}, validation clean {result.Best.Clean}, robust {result.Best.Robust}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"last: epoch {result.Last.Epoch}, validation clean {result.Last.Clean}, robust {result.Last.Robust}; robust overfitting {100 * result.RobustGap:0.0} points"));
        foreach (string file in files)
            output.WriteLine($"Weights: {file}");
    }
}
