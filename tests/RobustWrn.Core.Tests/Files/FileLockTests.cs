namespace RobustWrn.Core.Tests;

public sealed class FileLockTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Take_PlaceThatIsTaken_IsRefusedUntilItIsFree()
    {
        string file = _folder.In("new/result.json");
        using (FileLock first = FileLock.Take(file))
        {
            IOException refused = Assert.Throws<IOException>(() => FileLock.Take(file));
            Assert.Equal($"{file} is in use by another process. Wait until it ends, or choose another file.", refused.Message);
            FileLock.Take(_folder.In("new/other.json")).Dispose();
            AtomicFile.WriteText(file, "text");
        }

        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.In("new")));
        FileLock.Take(file).Dispose();
    }

    [Fact]
    public void Take_LockThatAKilledProcessLeft_IsTakenAndGoesWithItsUser()
    {
        File.WriteAllText(_folder.In(".result.json.lock"), "");

        FileLock.Take(_folder.In("result.json")).Dispose();

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Take_NameAsLongAsFileSystemsTake_IsTaken()
    {
        string file = _folder.In(new string('x', 250));
        using FileLock held = FileLock.Take(file);

        Assert.Throws<IOException>(() => FileLock.Take(file));
    }

    /// <summary>Never two at once, however often it changes hands.</summary>
    [Fact]
    public void Take_ByManyThreads_IsHeldByOne()
    {
        string file = _folder.In("result.json");
        int inside = 0, most = 0, times = 0;
        Parallel.For(0, 400, _ =>
        {
            try
            {
                using FileLock held = FileLock.Take(file);
                int now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref times);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }
            catch (IOException)
            {
                // Another thread has it.
            }
        });

        Assert.Equal(1, most);
        Assert.InRange(times, 1, 400);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (int seen = place; value > seen; seen = place)
            Interlocked.CompareExchange(ref place, value, seen);
    }
}
