using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary><c>pruners</c>: what pruners save and lose on recorded trainings.</summary>
internal static class PrunerCommand
{
    private const int MostOrders = 1_000_000;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The pruners of the library with their defaults, by their names in files.</summary>
    private static readonly (string Name, IPruner Pruner)[] All =
    [
        .. typeof(IPruner).Assembly.GetTypes().Where(type => typeof(IPruner).IsAssignableFrom(type) && !type.IsAbstract)
            .Select(type => (DescriptionTypes.NameOf(type), (IPruner)Activator.CreateInstance(type)!)).OrderBy(entry => entry.Item1, StringComparer.Ordinal),
    ];

    public static Command Create()
    {
        Option<string> curves = new("--curves")
        {
            Description = "The file: columns run, epoch and robust between tabs, a line for each run and epoch, epochs from 1.",
            Required = true,
        };
        Option<string> runs = new("--runs") { Description = "Runs whose names begin so.", DefaultValueFactory = _ => "" };
        Option<int> epochs = new("--epochs") { Description = "Runs whose last epoch is this one: neither shorter nor longer ones.", Required = true };
        Option<bool> longer = new("--longer") { Description = "Longer runs, too, cut there." };
        Option<string?> drops = new("--drops")
        {
            Description = "Where the learning rate drops, with commas: shares below 1 or epochs. Without it pruners are not told.",
        };
        Option<string[]> exclude = new("--exclude")
        {
            Description = "Leaves out runs whose names contain one of these words, with commas or blanks between; * in a word stands for "
                + "anything: cifar10_fgsm,_standard_l2,cifar10_standard/wideresnet_10.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string> column = new("--column") { Description = "The column with the values; more is better.", DefaultValueFactory = _ => "robust" };
        Option<int> orders = new("--orders") { Description = "Random orders of the runs.", DefaultValueFactory = _ => 200 };
        Option<int> width = new("--width") { Description = "Trials of a batch: they are decided together.", DefaultValueFactory = _ => 8 };
        Option<long> seed = new("--seed") { Description = "The seed of the orders.", DefaultValueFactory = _ => 1 };
        Option<bool> noExempt = new("--no-exempt") { Description = "Leaves out the second replay, in which each fourth trial is exempt." };
        Option<string[]> only = new("--only") { Description = "These pruners alone.", AllowMultipleArgumentsPerToken = true };
        Option<string?> json = new("--json") { Description = "A file for the numbers." };
        Command command = new("pruners",
            "What pruners save and lose on recorded trainings. Runs come in random order, in batches, as in a study; a run is worth its best "
            + "epoch. The regret is the best value of all runs less the best of those that were not pruned; a random subset is as many whole "
            + "runs as the same epochs pay for, in expectation: of values 1, 2 and 4, two drawn at random have the regret 4 - (2 + 4 + 4) / 3.")
        {
            curves, runs, epochs, longer, drops, exclude, column, orders, width, seed, noExempt, only, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                InRange("--epochs", parsed.GetValue(epochs), (int)Rule.MostRepetitions);
                InRange("--orders", parsed.GetValue(orders), MostOrders);
                InRange("--width", parsed.GetValue(width), (int)Rule.MostRepetitions);
                TrainingLadder ladder = new() { LastStep = parsed.GetValue(epochs), Drops = Drops(parsed.GetValue(drops)) };
                ladder.Problems().ThrowIfAny("--epochs and --drops");
                string[] words = [.. (parsed.GetValue(exclude) ?? []).SelectMany(text => text.Split([',', ' '],
                    StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
                IReadOnlyList<RecordedRun> chosen = RunSelection.Of(
                    CurveFile.Read(parsed.GetValue(curves)!, parsed.GetValue(column)!), parsed.GetValue(runs)!, words,
                    ladder.LastStep, parsed.GetValue(longer));
                (string Name, IPruner Pruner)[] pruners = Chosen(parsed.GetValue(only) ?? []);
                JsonObject document = PrunerReport.Of(chosen, ladder, pruners, parsed.GetValue(orders), parsed.GetValue(width),
                    parsed.GetValue(seed), exempt: !parsed.GetValue(noExempt), Console.Out);
                if (parsed.GetValue(json) is { } file)
                    File.WriteAllText(file, document.ToJsonString(Indented));
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or InvalidDescriptionException)
            {
                Console.Error.WriteLine(e.Message);
                return 1;
            }
        });
        return command;
    }

    private static void InRange(string option, int value, int most)
    {
        if (value < 1 || value > most)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{option} must be in [1, {most}], got {value}."));
    }

    private static ValueList<double> Drops(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double drop) ? drop
                : throw new InvalidDataException($"--drops must be numbers with commas between, got \"{Excerpt.Of(part)}\". Write 0.5,0.75.")),
    ];

    private static (string Name, IPruner Pruner)[] Chosen(string[] names)
    {
        foreach (string name in names.Where(name => !All.Any(entry => entry.Name == name)))
        {
            throw new InvalidDataException(
                $"--only must name pruners, got \"{Excerpt.Of(name)}\". There are {string.Join(", ", All.Select(entry => entry.Name))}.");
        }
        return [.. All.Where(entry => names.Length == 0 || names.Contains(entry.Name))];
    }
}
