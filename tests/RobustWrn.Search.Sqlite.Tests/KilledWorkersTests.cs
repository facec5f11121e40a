using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Data.Sqlite;
using RobustWrn.Core;

namespace RobustWrn.Search.Sqlite.Tests;

public sealed class KilledWorkersTests
{
    private const int Workers = 4, LeastKills = 12;

    /// <summary>Four processes on one file, each killed at random moments and begun again.</summary>
    [Fact]
    public async Task Study_WorkersKilledAtRandomMoments_EndsInTheLogOfOneUndisturbedWorker()
    {
        using TestFolder folder = new();
        string file = folder.In("study.db");
        ConcurrentBag<string> told = [];
        RandomSequence moments = RandomStream.From(2026).For("kills").Sequence();
        int kills = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            while (true)
            {
                using WorkerProcess worker = WorkerProcess.Start(file, told);
                // A busy machine begins a process late: most are killed at work, some before.
                (bool atWork, int moment) = Moment();
                for (int wait = moment; wait > 0 && !worker.HasExited; wait -= atWork && !worker.IsAtWork ? 0 : 10)
                    await Task.Delay(10, TestContext.Current.CancellationToken);
                if (worker.HasExited)
                {
                    Assert.Equal(0, worker.ExitCode);
                    return;
                }
                // Then they are left alone, so that the test ends.
                if (Interlocked.Increment(ref kills) > LeastKills)
                {
                    while (!worker.HasExited)
                        await Task.Delay(20, TestContext.Current.CancellationToken);
                    continue;
                }
                worker.Kill();
            }
        }));

        using Study<WideResNetSpec> alone = WorkerProcess.Open(new MemoryStudyStore());
        while (alone.Ask() is { } trial)
            alone.Tell(trial, WorkerProcess.Judge(trial));
        using Study<WideResNetSpec> study = WorkerProcess.Open(new SqliteStudyStore(file, rules: WorkerProcess.Rules));
        Assert.InRange(kills, LeastKills, int.MaxValue);
        Assert.Equal(alone.LogText(), study.LogText());
        int[] seen = [.. told.Select(line => int.Parse(line["told ".Length..^1], CultureInfo.InvariantCulture))];
        Assert.Equal(seen.Distinct().Count(), seen.Length);
        Assert.All(seen, number => Assert.Equal(TrialState.Completed, study.Trials[number].State));
        Assert.Equal("ok", Checked(file));

        (bool AtWork, int Moment) Moment()
        {
            lock (moments)
                return (moments.NextInt(4) > 0, (int)moments.NextInt(200));
        }
    }

    private static string Checked(string file)
    {
        using SqliteConnection connection = new($"Data Source={file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }
}
