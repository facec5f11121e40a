using RobustWrn;
using RobustWrn.Core;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QuickStart;

/// <summary>A table that fills while the experiment runs, with a progress bar for each network.</summary>
internal sealed class LiveView : IView
{
    private const int BarWidth = 20;
    private readonly List<Row> _rows = [];

    public Task DownloadAsync(Func<IProgress<DownloadProgress>, Task> download) => AnsiConsole.Progress().StartAsync(async context =>
    {
        ProgressTask task = context.AddTask("fetching CIFAR-10");
        await download(new Progress<DownloadProgress>(progress => task.Value = progress.Total is > 0 ? 100.0 * progress.Received / progress.Total.Value : 0));
        task.Value = 100;
    });

    public void Introduce(Choices choices, RobustExperiment experiment)
    {
        foreach (string line in Introduction.Lines(choices, experiment))
            AnsiConsole.MarkupLineInterpolated($"{line}");
    }

    public Task<ExperimentResult> FollowAsync(RobustExperiment experiment, CancellationToken cancellationToken) =>
        AnsiConsole.Live(Table()).StartAsync(async context =>
        {
            ExperimentResult? result = null;
            await foreach (ExperimentProgress report in experiment.StreamAsync(cancellationToken))
            {
                result = report.Result ?? result;
                if (report.Stage != ExperimentStage.Finished)
                    Update(report);
                context.UpdateTarget(Table());
            }
            return result!;
        });

    private void Update(ExperimentProgress report)
    {
        int at = _rows.FindIndex(row => row.Trial == report.Trial && row.Name == report.Network);
        if (at < 0)
        {
            _rows.Add(new Row(report.Trial, report.Network));
            at = _rows.Count - 1;
        }
        _rows[at] = _rows[at] with { Stage = report.Stage, Fraction = report.Fraction, Epoch = report.Training?.Epoch ?? _rows[at].Epoch, Result = report.Finished ?? _rows[at].Result };
    }

    private IRenderable Table()
    {
        Table table = new Table().RoundedBorder();
        foreach (string column in (string[])["", "network", "MMACs", "progress", "robust (validation)", "clean (validation)", "robust (test)", "clean (test)"])
            table.AddColumn(column);
        foreach (Row row in _rows)
        {
            NetworkResult? result = row.Result;
            table.AddRow(
                row.Trial is { } trial ? $"{trial + 1}" : "baseline",
                Markup.Escape(row.Name),
                result is null ? "" : $"{result.MultiplyAdds / 1e6:0.0}",
                result?.Failure is not null ? "[red]failed[/]" : Bar(row),
                $"{result?.ValidationRobust}".EscapeMarkup(),
                $"{result?.ValidationClean}".EscapeMarkup(),
                $"{result?.TestRobust}".EscapeMarkup(),
                $"{result?.TestClean}".EscapeMarkup());
        }
        return table;
    }

    private static string Bar(Row row)
    {
        int filled = (int)Math.Round(BarWidth * Math.Clamp(row.Fraction, 0, 1));
        (string colour, string text) = row.Stage == ExperimentStage.Training ? ("blue", row.Fraction < 1 ? $"epoch {row.Epoch}" : "trained") : ("green", row.Fraction < 1 ? "attacked" : "tested");
        return $"[{colour}]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {text}";
    }

    private sealed record Row(int? Trial, string Name)
    {
        public ExperimentStage Stage { get; init; }

        public double Fraction { get; init; }

        public int Epoch { get; init; }

        public NetworkResult? Result { get; init; }
    }
}
