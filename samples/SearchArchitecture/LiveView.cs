using RobustWrn;
using RobustWrn.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SearchArchitecture;

/// <summary>The best networks so far with the front marked, and below them what is at work and how the front grew.</summary>
internal sealed class LiveView : IView
{
    // Title, header, rules, the lines below, and the one that the cursor waits in.
    private const int OtherLines = 12, MostRows = 20;

    private static int Room => Math.Max(20, AnsiConsole.Profile.Width - 1);

    public Task<ExperimentResult> FollowAsync(RobustExperiment experiment, Standings standings, CancellationToken cancellationToken) =>
        AnsiConsole.Live(Drawn(standings)).StartAsync(async context =>
        {
            ExperimentResult? result = null;
            await foreach (ExperimentProgress report in experiment.StreamAsync(cancellationToken))
            {
                result = report.Result ?? result;
                standings.Take(report);
                context.UpdateTarget(Drawn(standings));
            }
            return result!;
        });

    private static Rows Drawn(Standings standings)
    {
        TrialTable table = new(standings.Shown);
        int room = Math.Clamp(AnsiConsole.Profile.Height - OtherLines - standings.Workers.Count, 3, MostRows);
        return new Rows([table.Of(standings, room), .. Lines(standings).Select(line => (IRenderable)new Markup(line))]);
    }

    private static IEnumerable<string> Lines(Standings standings)
    {
        string failed = standings.Failed > 0 ? $", [red]{standings.Failed} failed[/]" : "";
        string baselines = standings.Baselines > 0 ? $"; {Quantity.Of(standings.Baselines, "baseline")}" : "";
        yield return $"{standings.Trials} of {Quantity.Of(standings.MaxTrials, "trial")} done{failed}{baselines}";
        if (standings.Growth is { } growth)
        {
            string curve = Sparkline.Of(growth.Values, TrialTable.IsWide ? 40 : 20);
            yield return $"hypervolume {growth.Values[^1]:0.0000}  [green]{curve}[/]  {Grown(growth)}";
        }
        if (standings.Failure is { } network)
        {
            string text = $"{network}".Split('\n')[0];
            yield return $"[red]{(text.Length <= Room ? text : $"{text[..(Room - 1)]}…").EscapeMarkup()}[/]";
        }
        foreach ((int worker, ExperimentProgress work) in standings.Workers)
            yield return $"worker {worker}: {NetworkResult.Place(work.Trial)} {Progress(work, isShort: !TrialTable.IsWide)}";
        if (standings.Latest is { } report && standings.Workers.Count == 0)
        {
            string replicate = report.Replicate > 0 ? $", replicate {report.Replicate}" : "";
            yield return $"{NetworkResult.Place(report.Trial)}{replicate}: {report.Network.EscapeMarkup()}";
            yield return Progress(report);
        }
    }

    private static string Grown(Growth growth)
    {
        int last = growth.Values.Count - 1;
        while (last > 0 && growth.Values[last] == growth.Values[last - 1])
            last--;
        return last == 0 ? ""
            : $"+{growth.Values[last] - growth.Values[last - 1]:0.0000} by {NetworkResult.Place(growth.Networks[last].Trial)}";
    }

    private static string Progress(ExperimentProgress report, bool isShort = false)
    {
        int width = isShort ? 10 : TrialTable.IsWide ? 30 : 20, filled = (int)Math.Round(width * Math.Clamp(report.Fraction, 0, 1));
        (string colour, string text) = report.Stage switch
        {
            ExperimentStage.Training => ("blue", report.Fraction < 1 && report.Training is { } training
                ? $"epoch {training.Epoch} of {training.Epochs}, {(isShort ? "" : $"{training.ImagesPerSecond:0} images/s, ")}"
                    + (training.Remaining.TotalSeconds >= 1 ? $"{Quantity.Short(training.Remaining)} left" : "nearly done")
                : report.Finished?.Pruned is null ? "trained" : "pruned"),
            ExperimentStage.Ranking => ("blue", $"ranked on validation: {report.Evaluation?.Attack.EscapeMarkup()}"),
            ExperimentStage.Auditing => ("yellow", report.Fraction < 1 ? "audit on validation" : "audited"),
            _ => ("green", report.Fraction < 1 ? $"attacked on test: {report.Evaluation?.Attack.EscapeMarkup()}" : "tested"),
        };
        string resumed = report.IsResumed ? ", resumed" : "";
        return $"[{colour}]{new string('━', filled)}[/][grey]{new string('━', width - filled)}[/] {text}{resumed}";
    }
}
