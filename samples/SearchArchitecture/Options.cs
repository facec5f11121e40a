using System.CommandLine;
using RobustWrn.Samples;
using RobustWrn.Training;

namespace SearchArchitecture;

/// <summary>The options of the command line.</summary>
internal static class Options
{
    private static readonly Option<string> Space = new("--space")
    {
        Description = $"the networks: {SpaceChoice.Names}, or a JSON file",
        DefaultValueFactory = _ => SpaceChoice.Small,
    };
    private static readonly Option<string?> Macs = new("--macs")
    {
        Description = "all networks take as many multiply-adds, such as 5G:0.01 for 5e9 within 1 %: a width is solved for",
    };
    private static readonly Option<string?> Free = new("--free")
    {
        Description = "what --macs is solved for: stages[i].width, stages[i].depth, stages.width or stages.depth "
            + $"(default: {SpaceChoice.DefaultFree})",
    };
    private static readonly Option<string[]> Objective = Many("--objective",
        $"what to look for, once for each: {GoalChoice.Names} (default: robust and macs; robust and clean with --macs)");
    private static readonly Option<string[]> Require = Many("--require",
        "a limit of good networks, NAME:LIMIT or NAME:LIMIT:TOLERANCE by the names of --objective, such as clean:60%:1% or macs:5G");
    private static readonly Option<string> Sampler = new("--sampler")
    {
        Description = $"who proposes: {SamplerChoice.Names}",
        DefaultValueFactory = _ => SamplerChoice.Default,
    };
    private static readonly Option<string?> Pruner = new("--pruner")
    {
        Description = $"who ends trainings on their way: {PrunerChoice.Names} (default: nobody)",
    };
    private static readonly Option<int?> Trials = WholeNumber.Int("--trials", "40",
        $"how many networks the search trains (default: {SamplerChoice.DefaultTrials}); a rerun may raise it");
    private static readonly Option<int?> Batch = WholeNumber.Int("--batch", "8",
        "trials that are proposed together, from what came of those before (default: 8)");
    private static readonly Option<int?> Workers = WholeNumber.Int("--workers", "2",
        "processes of this machine that train (default: 1, this one alone)");
    private static readonly Option<bool> FreeRunning = new("--free-running")
    {
        Description = "proposes each trial from all that is known by then; for --time, and for objectives that are times",
    };
    private static readonly Option<string?> Time = new("--time")
    {
        Description = "the time that the trainings may take together, such as 90m or 8h; with --free-running",
    };
    private static readonly Option<string> Data = new("--data")
    {
        Description = $"{SyntheticData.Name}, or the folder of CIFAR-10 or CIFAR-100 in its binary layout",
        DefaultValueFactory = _ => SyntheticData.Name,
    };
    private static readonly Option<int?> Images = WholeNumber.Int("--images", "10000",
        "training images (default: all; 1500 synthetic ones)");
    private static readonly Option<int?> TestImages = WholeNumber.Int("--test-images", "1000",
        "the first N test images (default: all; a quarter of --images of synthetic ones)");
    private static readonly Option<string> Recipe = new("--recipe")
    {
        Description = $"the training of each: {PublishedPlans.Names}, or a JSON file",
        DefaultValueFactory = _ => Setup.DefaultRecipe,
    };
    private static readonly Option<int?> Epochs = WholeNumber.Int("--epochs", "10",
        "epochs of each training (default: the recipe's; 3 on synthetic images)");
    private static readonly Option<string[]> Attack = Many("--attack",
        $"what the best are attacked by on test images: {string.Join(", ", AttackNames.Known)} (default: pgd cw)");
    private static readonly Option<string?> Suite = new("--suite")
    {
        Description = "instead of --attack: a file with a suite of attacks, as JSON",
    };
    private static readonly Option<string[]> Baseline = Many("--baseline",
        $"a network that the search is compared with, once for each: {NamedNetwork.Ways}");
    private static readonly Option<int?> Replicates = WholeNumber.Int("--replicates", "3",
        "trainings of each network that is tested, each with a seed of its own (default: 1)");
    private static readonly Option<long?> Seed = WholeNumber.Long("--seed", "1", "the seed of everything random (default: 1)");
    private static readonly Option<string> Out = new("--out")
    {
        Description = "folder for the result, the report and the record that a rerun goes on from",
        DefaultValueFactory = _ => Path.Combine("runs", "search"),
    };
    private static readonly Option<bool> Fresh = new("--fresh") { Description = "forget what is recorded in --out and start anew" };
    private static readonly Option<bool> DryRun = new("--dry-run")
    {
        Description = "says how many networks there are and which come first, with their cost; trains nothing",
    };
    private static readonly Option<bool> Estimate = new("--estimate")
    {
        Description = "the same, and how long it would take: times a few batches of the costliest network",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public static IEnumerable<Option> All =>
    [
        Space, Macs, Free, Objective, Require, Sampler, Pruner, Trials, Batch, FreeRunning, Time, Workers, Data, Images, TestImages, Recipe,
        Epochs, Attack, Suite, Baseline, Replicates, Seed, Out, Fresh, DryRun, Estimate,
    ];

    /// <summary>The values that were given.</summary>
    /// <param name="parsed">The command line.</param>
    public static Choices Read(ParseResult parsed) => new()
    {
        Space = new SpaceChoice(parsed.GetValue(Space)!, parsed.GetValue(Macs), parsed.GetValue(Free)),
        Goals = new GoalChoice(parsed.GetValue(Objective) ?? [], parsed.GetValue(Require) ?? []),
        Sampler = new SamplerChoice(
            parsed.GetValue(Sampler)!, parsed.GetValue(Trials), parsed.GetValue(Batch), parsed.GetValue(FreeRunning),
            parsed.GetValue(Time)),
        Pruner = new PrunerChoice(parsed.GetValue(Pruner)),
        Data = parsed.GetValue(Data)!,
        Images = parsed.GetValue(Images),
        TestImages = parsed.GetValue(TestImages),
        Recipe = parsed.GetValue(Recipe)!,
        Epochs = parsed.GetValue(Epochs),
        Attacks = new AttackChoice(parsed.GetValue(Attack) ?? [], parsed.GetValue(Suite), null, null),
        Baselines = parsed.GetValue(Baseline) ?? [],
        Replicates = parsed.GetValue(Replicates) ?? 1,
        Seed = parsed.GetValue(Seed) ?? 1,
        Workers = parsed.GetValue(Workers) ?? 1,
        Out = parsed.GetValue(Out)!,
        Fresh = parsed.GetValue(Fresh),
        DryRun = parsed.GetValue(DryRun),
        Estimate = parsed.GetValue(Estimate),
    };

    private static Option<string[]> Many(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
}
