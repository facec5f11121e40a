using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QuickStart;

/// <summary>A table that fills while the experiment runs, with a progress bar for each network.</summary>
internal sealed class LiveView : IView
{
    // Title, header, rules and the line that the cursor waits in.
    private const int OtherLines = 8;

    private readonly List<Row> _rows = [];
    private int _latest;

    public Task DownloadAsync(Func<IProgress<DownloadProgress>, Task> download) => AnsiConsole.Progress().StartAsync(async context =>
    {
        ProgressTask task = context.AddTask("fetching CIFAR-10");
        await download(new Progress<DownloadProgress>(progress =>
            task.Value = progress.Total is > 0 ? 100.0 * progress.Received / progress.Total.Value : 0));
        task.Value = 100;
    });

    public void Introduce(Choices choices, RobustExperiment experiment)
    {
        foreach (string line in Introduction.Lines(choices, experiment))
            Wrapped.WriteLine(line);
    }

    public Task<ExperimentResult> FollowAsync(RobustExperiment experiment, CancellationToken cancellationToken) =>
        AnsiConsole.Live(Drawn()).StartAsync(async context =>
        {
            ExperimentResult? result = null;
            await foreach (ExperimentProgress report in experiment.StreamAsync(cancellationToken))
            {
                result = report.Result ?? result;
                if (report.Stage != ExperimentStage.Finished)
                    Update(report);
                context.UpdateTarget(Drawn());
            }
            return result!;
        });

    private void Update(ExperimentProgress report)
    {
        _latest = _rows.FindIndex(row => row.Trial == report.Trial && row.Name == report.Network);
        if (_latest < 0)
        {
            _rows.Add(new Row(report.Trial, report.Network));
            _latest = _rows.Count - 1;
        }
        _rows[_latest] = _rows[_latest] with
        {
            Stage = report.Stage,
            Fraction = report.Fraction,
            Epoch = report.Training?.Epoch ?? _rows[_latest].Epoch,
            Result = report.Finished ?? _rows[_latest].Result,
            IsResumed = report.IsResumed,
        };
    }

    // Of more networks than the window has lines for, those around the one at work.
    private IRenderable Drawn()
    {
        int shown = Math.Clamp(AnsiConsole.Profile.Height - OtherLines, 1, Math.Max(1, _rows.Count));
        int first = Math.Clamp(_latest - shown / 2, 0, Math.Max(0, _rows.Count - shown));
        Table table = NetworkTable.Of([], ["progress"], []);
        foreach (Row row in _rows.Skip(first).Take(shown))
        {
            string progress = row.Result?.Failure is not null ? "[red]failed[/]" : Bar(row);
            table.AddRow(NetworkTable.Cells([], row.Trial, row.Name, row.Result, [progress], []));
        }
        string hidden = shown < _rows.Count ? $"; {shown} of {_rows.Count} networks are shown" : "";
        table.Title = new TableTitle($"accuracies in %{hidden}");
        return table;
    }

    private static string Bar(Row row)
    {
        int width = NetworkTable.BarWidth, filled = (int)Math.Round(width * Math.Clamp(row.Fraction, 0, 1));
        (string colour, string text) = row.Stage switch
        {
            ExperimentStage.Training => ("blue", row.Fraction < 1 ? $"epoch {row.Epoch}" : "trained"),
            ExperimentStage.Ranking => ("blue", row.Fraction < 1 ? "ranked" : "trained"),
            ExperimentStage.Auditing => ("yellow", row.Fraction < 1 ? "audit" : "audited"),
            _ => ("green", row.Fraction < 1 ? "attacked" : "tested"),
        };
        if (row.IsResumed)
            text = row.Fraction < 1 ? $"{text}, resumed" : "resumed";
        return $"[{colour}]{new string('━', filled)}[/][grey]{new string('━', width - filled)}[/] {text}";
    }

    private sealed record Row(int? Trial, string Name)
    {
        public ExperimentStage Stage { get; init; }

        public double Fraction { get; init; }

        public int Epoch { get; init; }

        public NetworkResult? Result { get; init; }

        public bool IsResumed { get; init; }
    }
}
