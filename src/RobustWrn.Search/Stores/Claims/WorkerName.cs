using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Names of workers: the machine, the number of the process, and something of their own, so that a process of this machine that has ended
/// is known to hold nothing any more, without waiting for its lease.
/// </summary>
public static class WorkerName
{
    /// <summary>A name for a worker of this process.</summary>
    public static string Make() => string.Create(CultureInfo.InvariantCulture,
        $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid().ToString("N")[..8]}");

    /// <summary>Tells whether a worker was of this machine and its process has ended.</summary>
    /// <param name="worker">The worker's name; of one that is not of this form nothing is known.</param>
    /// <param name="claimed">When it claimed: a process that began later is another one of the same number.</param>
    public static bool HasEnded(string worker, DateTimeOffset claimed)
    {
        ArgumentNullException.ThrowIfNull(worker);
        string[] parts = worker.Split('/');
        return parts.Length == 3 && parts[0] == Environment.MachineName
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            && process != Environment.ProcessId
            && OwningProcess.HasEnded(process, claimed.UtcDateTime);
    }
}
