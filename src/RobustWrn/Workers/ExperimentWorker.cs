using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using RobustWrn.Core;
using RobustWrn.Search;
using TorchSharp;

namespace RobustWrn;

/// <summary>
/// A process that works on the trials of an experiment until the search ends, its controller says stop, or the pipe to it breaks.
/// </summary>
internal static class ExperimentWorker
{
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(30);

    /// <summary>Works, and ends the process.</summary>
    public static ExperimentResult RunAndExit(RobustExperiment experiment, WorkerRole role, CancellationToken cancellationToken)
    {
        Environment.Exit(Run(experiment, role, cancellationToken));
        throw new InvalidOperationException("a process that has ended goes on.");
    }

    private static int Run(RobustExperiment experiment, WorkerRole role, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using NamedPipeClientStream pipe = new(
            ".", role.Pipe, PipeDirection.InOut, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        try
        {
            pipe.Connect(Connecting);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // The controller has gone meanwhile.
            return 1;
        }
        using StreamWriter writer = new(pipe, new UTF8Encoding(false), leaveOpen: true) { AutoFlush = true };
        Thread listener = new(() => Listen(pipe, stop)) { IsBackground = true, Name = "RobustWrn worker" };
        listener.Start();
        try
        {
            Work(experiment, role, new ImmediateProgress<ExperimentProgress>(report => Send(new WorkerMessage { Progress = report })), stop.Token);
            Send(new WorkerMessage { HasEnded = true });
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e)
        {
            Send(new WorkerMessage { Failure = e.ToString() });
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        void Send(WorkerMessage message)
        {
            try
            {
                writer.WriteLine(message.Line());
            }
            catch (IOException)
            {
                stop.Cancel();
            }
        }
    }

    private static void Work(
        RobustExperiment experiment, WorkerRole role, IProgress<ExperimentProgress> progress, CancellationToken cancellationToken)
    {
        // Of a worker that was killed, or whose controller was: it may be about to end.
        using FolderLock place = WorkerPlaces.Take(role.Folder, role.Number);
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(role.Threads);
        using ExperimentFolder folder = ExperimentFolder.Join(role.Folder);
        using Study<INetworkSpec> study = SearchStage.Open(experiment, folder);
        SearchEnd end = new(experiment, folder, study, SecondsOfBaselines(experiment, folder));
        new TrialWorker(experiment, folder, study, end, new NetworkStages(experiment, folder, progress)).Run(cancellationToken);
    }

    private static double SecondsOfBaselines(RobustExperiment experiment, ExperimentFolder folder) => experiment.Budget.MaxTime is null ? 0
        : experiment.Baselines.Sum(baseline => new NetworkRun(experiment, baseline, 0, folder).Seconds ?? 0);

    // Also the end of the pipe says stop: then nobody looks after this worker.
    private static void Listen(NamedPipeClientStream pipe, CancellationTokenSource stop)
    {
        try
        {
            using StreamReader reader = new(pipe, leaveOpen: true);
            while (reader.ReadLine() is { } line && line != WorkerMessage.Stop)
            {
                // There is nothing else to be told.
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // So a broken pipe may be said, too.
        }
        Cancel(stop);
    }

    private static void Cancel(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work has ended first.
        }
    }
}
