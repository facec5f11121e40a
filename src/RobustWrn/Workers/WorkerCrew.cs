using System.Collections.Concurrent;
using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// The workers of an experiment from their start to their end, and what they tell as one stream of progress. One that ends before its time
/// is started again; so many in a row that achieved nothing end the run.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where it is recorded; this process holds its lock.</param>
/// <param name="progress">Told of all of it on the calling thread.</param>
internal sealed class WorkerCrew(RobustExperiment experiment, ExperimentFolder folder, Action<ExperimentProgress> progress)
{
    private const int MostStarts = 3, LinesTold = 20;

    private readonly BlockingCollection<ExperimentProgress> _reports = [];

    /// <summary>Runs them until the search has ended.</summary>
    /// <exception cref="WorkersFailedException">They end again and again without having done anything.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; they let go of their trials, with checkpoints.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        LocalWorkers workers = experiment.Workers!;
        Directory.CreateDirectory(Path.GetDirectoryName(WorkerPlaces.Log(folder.Path, 0))!);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task all = AllAsync(workers, stop);
        try
        {
            foreach (ExperimentProgress report in _reports.GetConsumingEnumerable(CancellationToken.None))
                progress(report);
        }
        finally
        {
            stop.Cancel();
            all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        }
        cancellationToken.ThrowIfCancellationRequested();
        all.GetAwaiter().GetResult();
    }

    private async Task AllAsync(LocalWorkers workers, CancellationTokenSource stop)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, workers.Processes).Select(number => Task.Run(async () =>
            {
                try
                {
                    await TendAsync(number, workers.Threads, stop.Token).ConfigureAwait(false);
                }
                catch
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            }))).ConfigureAwait(false);
        }
        finally
        {
            _reports.CompleteAdding();
        }
    }

    private async Task TendAsync(int number, int threads, CancellationToken stop)
    {
        int inVain = 0;
        while (!stop.IsCancellationRequested)
        {
            // Short: on some systems it becomes a path of at most a hundred characters.
            string pipe = $"robustwrn-{Guid.NewGuid().ToString("N")[..16]}";
            WorkerProcess process = new(
                new WorkerRole(folder.Path, WorkerRole.FingerprintOf(experiment), number, pipe, threads),
                message =>
                {
                    if (message.Progress is { } report)
                        _reports.Add(report with { Worker = number }, CancellationToken.None);
                });
            int exitCode = await process.RunAsync(stop).ConfigureAwait(false);
            if (process.HasEnded || stop.IsCancellationRequested)
                return;
            ExperimentLog.WorkerEnded(experiment.Logger, number, exitCode);
            inVain = process.HasStepped ? 0 : inVain + 1;
            if (inVain >= MostStarts)
                throw new WorkersFailedException(Reason(number, exitCode, process.HasBegun));
        }
    }

    private string Reason(int number, int exitCode, bool hasBegun)
    {
        string log = WorkerPlaces.Log(folder.Path, number);
        string[] last = [.. File.ReadLines(log).TakeLast(LinesTold)];
        string where = hasBegun ? "" : " before it came to this experiment: the program must come to the same RunAsync with the same "
            + "arguments, whatever its terminal, and what it does before must be possible twice";
        return string.Create(CultureInfo.InvariantCulture,
            $"a worker must finish an epoch or a trial, but worker {number} ended {MostStarts} times in a row without one, the last time with ")
            + string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}{where}. The last lines of {log}:")
            + string.Concat(last.Select(line => $"{Environment.NewLine}    {Excerpt.Cut(line, 500)}"));
    }
}
