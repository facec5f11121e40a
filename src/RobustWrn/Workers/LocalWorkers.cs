using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// Processes of this machine that work on the trials of a search: this program again, with the same arguments
/// (<see cref="RobustExperiment.RunOn"/>).
/// </summary>
/// <param name="Processes">How many, from 1.</param>
/// <param name="ThreadsEach">Threads that each computes with; null shares the processors out among them.</param>
public sealed record LocalWorkers(int Processes, int? ThreadsEach = null)
{
    private const int MostProcesses = 1_024, MostThreads = 4_096;

    /// <summary>
    /// True in a process that was started as a worker: what a program does before it runs its experiment, it does there again, and such
    /// things as questions to people, or the deletion of the folder, it must leave out.
    /// </summary>
    public static bool IsWorker => WorkerRole.IsWorkerProcess;

    internal int Threads => ThreadsEach ?? Math.Max(1, Environment.ProcessorCount / Processes);

    /// <summary>Its problems.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Between(Processes, 1, MostProcesses),
        .. ThreadsEach is { } threads ? Rule.Between(threads, 1, MostThreads, nameof(ThreadsEach)) : [],
    ];

    /// <summary>The number of processes and threads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(Processes == 1 ? "1 process" : $"{Processes} processes")}, {(ThreadsEach is null ? "the processors shared out" : Quantity.Of(Threads, "thread") + " each")}");
}
