using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// The folders of workers below that of their experiment. Each is locked while its worker lives, also where its controller was killed, and
/// the log of what it printed lies beside.
/// </summary>
internal static class WorkerPlaces
{
    // A worker whose controller is gone finishes a step and writes a checkpoint.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2), Poll = TimeSpan.FromMilliseconds(50);

    private const string Workers = "workers";

    /// <summary>The log of a worker.</summary>
    public static string Log(string record, int number) =>
        Path.Combine(record, Workers, string.Create(CultureInfo.InvariantCulture, $"{number}.log"));

    /// <summary>Takes the place of a worker.</summary>
    public static FolderLock Take(string record, int number) =>
        Waited(Path.Combine(record, Workers, number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Waits until no worker of an earlier run is at work in a folder: each ends by itself once its controller is gone.</summary>
    /// <exception cref="IOException">One is, after two minutes.</exception>
    public static void WaitForFormer(string record)
    {
        string workers = Path.Combine(record, Workers);
        foreach (string place in Directory.Exists(workers) ? Directory.GetDirectories(workers) : [])
            Waited(place).Dispose();
    }

    /// <summary>Takes a folder as soon as nobody else has it.</summary>
    /// <exception cref="IOException">Somebody has it for two minutes, or it cannot be taken at all.</exception>
    public static FolderLock Waited(string folder)
    {
        long end = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return FolderLock.Take(folder);
            }
            catch (IOException) when (Environment.TickCount64 < end && Directory.Exists(folder))
            {
                Thread.Sleep(Poll);
            }
        }
    }
}
