using System.Globalization;
using System.Text;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// A result for readers, in Markdown: the ranking with intervals, the Pareto front, what each attack did, whether that can be believed,
/// how it was made and what it can show.
/// </summary>
public sealed record MarkdownReport : IReport
{
    /// <inheritdoc/>
    public string Render(ExperimentResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        StringBuilder text = new();
        ExperimentSettings settings = result.Settings;
        text.AppendLine("# Robust architecture search").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{Quantity.Of(result.Networks.Count(network => !network.IsBaseline), "trial")} and {Quantity.Of(settings.Baselines.Count, "baseline")} under {settings.Threat}, trained by {settings.Objective.Name}. The search ended because {result.EndedBecause}.").AppendLine();

        text.AppendLine("## Ranking").AppendLine();
        text.AppendLine("Ranked on validation; intervals are 95 % Wilson intervals. Test was read only for the Pareto front and the baselines, after the ranking was fixed.").AppendLine();
        bool ranks = settings.RankingSuite is not null;
        if (ranks)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"Ranked by {settings.RankingSuite!.Name} on validation. What is at most some share stopped there, since it could not win:")
                .AppendLine("its robust accuracy is not known.").AppendLine();
        }
        Table(text,
            [
                "#", "network", "trial", "parameters", "MACs", .. ranks ? (string[])["robust (ranking)"] : [], "robust (validation)",
                "clean (validation)", "robust (test)", "clean (test)", "front",
            ],
            result.Ranking.Select((network, i) => (string[])
            [
                $"{i + 1}", network.Name, Trial(network), Count(network.Parameters), Count(network.MultiplyAdds),
                .. ranks ? (string[])[Ranked(network)] : [], Text(network.ValidationRobust), Text(network.ValidationClean),
                Text(network.TestRobust), Text(network.TestClean), network.OnFront ? "yes" : "",
            ]));
        NetworkResult[] failed = [.. result.Networks.Where(network => network.Failure is not null)];
        if (failed.Length > 0)
        {
            text.AppendLine().AppendLine("## Failed").AppendLine();
            Table(text, ["network", "trial", "why"], failed.Select(network => new[] { network.Name, Trial(network), network.Failure!.ReplaceLineEndings(" ") }));
        }
        Pruned(text, result);

        text.AppendLine().AppendLine("## Pareto front").AppendLine();
        text.AppendLine("No other network of this run is at least as good in robust accuracy, clean accuracy (both on validation), parameters and MACs, and better in one of them.").AppendLine();
        foreach (NetworkResult network in result.Front)
        {
            string robust = ranks ? Ranked(network) : Text(network.ValidationRobust);
            string clean = Text(network.Judgement?.Clean ?? network.ValidationClean);
            text.AppendLine(CultureInfo.InvariantCulture,
                $"- {network.Name}{Values(network)}: robust {robust}, clean {clean}, {Count(network.Parameters)} parameters, "
                    + $"{Count(network.MultiplyAdds)} MACs");
        }

        text.AppendLine().AppendLine("## Attacks on test").AppendLine();
        text.AppendLine("Images still classified rightly after each attack; each attack sees only the survivors of those before.").AppendLine();
        Table(text, ["network", "trial", "replicate", "clean", .. settings.Suite.Attacks.Select(attack => attack.Name)],
            result.Ranking.SelectMany(network => network.Test.Select(outcome => (string[])
            [
                network.Name, Trial(network), $"{outcome.Replicate}", $"{outcome.Clean.Hits} of {outcome.Clean.Total}",
                .. outcome.Attacks.Select(attack => attack.CorrectAfter.ToString(CultureInfo.InvariantCulture)),
            ])));

        text.AppendLine().AppendLine("## Whether they can be believed").AppendLine();
        text.AppendLine("Each evaluation was audited: a verdict, how many checks it rests on, and what speaks against the numbers.").AppendLine();
        foreach ((NetworkResult network, TestOutcome outcome) in result.Ranking.SelectMany(network => network.Test.Select(outcome => (network, outcome))))
            text.AppendLine(CultureInfo.InvariantCulture,
                $"- {network.Name} ({Trial(network)}, replicate {outcome.Replicate}): {outcome.Audit?.ToString() ?? "not audited"}");

        Weights(text, result);

        text.AppendLine().AppendLine("## What these numbers can show").AppendLine();
        foreach (string note in result.Notes)
            text.AppendLine(CultureInfo.InvariantCulture, $"- {note}");
        if (result.Timing.OtherTestReads is > 0 and var others)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"- {others} more {(others == 1 ? "network was" : "networks were")} attacked "
                + $"on test by earlier runs in this folder, with another budget or other baselines:")
                .AppendLine("  whoever chose the budget may have seen their numbers.");
        }

        text.AppendLine().AppendLine("## How it was made").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"- images: {settings.TrainImages} to train on, {settings.ValidationImages} to select on, {settings.TestImages} to test on");
        text.AppendLine(CultureInfo.InvariantCulture, $"- training: {DescriptionJson.Canonical(settings.Objective)}, {DescriptionJson.Canonical(settings.Recipe)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- evaluation: {string.Join(", ", settings.Suite.Attacks.Select(attack => attack.Name))} under {settings.Threat}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- seed {settings.Seed}, {Quantity.Of(settings.Replicates, "replicate")}, test read for {Quantity.Of(result.TestReads, "network")}");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {result.Timing.TrainingSeconds.Sum():0} s of training and {result.Timing.TestSeconds.Sum():0} s of testing, finished {result.Timing.FinishedUtc:yyyy-MM-dd HH:mm} UTC");
        text.AppendLine(CultureInfo.InvariantCulture, $"- {result.Timing.Machine.ReplaceLineEndings("; ")}");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Pruned(StringBuilder text, ExperimentResult result)
    {
        NetworkResult[] pruned = [.. result.Networks.Where(network => network.Pruned is not null)];
        if (pruned.Length == 0)
            return;
        int saved = pruned.Sum(network => network.Pruned!.Saved);
        text.AppendLine().AppendLine("## Pruned").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"Ended on their way, which saved {Quantity.Of(saved, "epoch")}. The accuracies are those of the last epoch.").AppendLine();
        Table(text, ["network", "trial", "epochs", "robust", "clean", "why"], pruned.Select(network => (string[])
        [
            network.Name, Trial(network), string.Create(CultureInfo.InvariantCulture, $"{network.Pruned!.Epoch} of {network.Pruned.Epochs}"),
            .. new StudyObjective[] { new RobustAccuracy().Objective, new CleanAccuracy().Objective }.Select(objective =>
                Text(network.Pruned.Measures.FirstOrDefault(measure => measure.Name == objective.Name)?.Share)),
            network.Pruned.Reason.ReplaceLineEndings(" "),
        ]));
    }

    private static void Weights(StringBuilder text, ExperimentResult result)
    {
        NetworkResult[] networks = [.. result.Ranking.Where(network => network.Weights is not null)];
        if (networks.Length == 0)
            return;
        text.AppendLine().AppendLine("## Weights").AppendLine();
        if (result.Timing.Folder is not { } folder)
        {
            text.AppendLine("The experiment was recorded in no folder, and its weights were not kept.");
            return;
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"Below {folder}, each with its specification in it; `metrics.csv` and a file for "
            + $"TensorBoard are beside it.").AppendLine();
        Table(text, ["#", "network", "trial", "replicate", "file"], networks.SelectMany((network, i) =>
            Files(network).Select(file => new[] { $"{i + 1}", network.Name, Trial(network), $"{file.Replicate}", file.Weights })));
        ThreatModel threat = result.Settings.Threat;
        text.AppendLine().AppendLine("The first of them is evaluated, with its data in the place of DATA, by").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"    dotnet run -c Release --project samples/EvaluateModel -- --weights "
                + $"\"{folder.TrimEnd('/', '\\')}/{networks[0].Weights}\" --data DATA --attack autoattack --norm {threat.Norm} --eps "
                + $"{threat.Epsilon:R}");
    }

    private static IEnumerable<(int Replicate, string Weights)> Files(NetworkResult network) =>
        network.Test.Count == 0
            ? [(0, network.Weights!)]
            : network.Test.Where(outcome => outcome.Weights is not null).Select(outcome => (outcome.Replicate, outcome.Weights!));

    private static void Table(StringBuilder text, string[] header, IEnumerable<string[]> rows)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", header)} |")
            .AppendLine(CultureInfo.InvariantCulture, $"|{string.Concat(header.Select(_ => "---|"))}");
        foreach (string[] row in rows)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");
    }

    private static string Trial(NetworkResult network) =>
        network.Trial is { } number ? number.ToString(CultureInfo.InvariantCulture) : "baseline";

    private static string Values(NetworkResult network) =>
        network.Values.Count == 0 ? "" : $" ({string.Join(", ", network.Values.Select(value => $"{value.Name} {value.Value}"))})";

    private static string Text(Proportion? proportion) => proportion?.ToString() ?? "";

    // No interval: it would be one of an accuracy.
    private static string Ranked(NetworkResult network) => network.Judgement switch
    {
        { AtMost: { } bound } => string.Create(CultureInfo.InvariantCulture, $"at most {100 * bound.Value:0.0} %"),
        { Robust: { } robust } => Text(robust),
        _ => "",
    };

    private static string Count(long number) => number switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e9:0.00} G"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e6:0.00} M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1e3:0.0} k"),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}
