using System.Diagnostics;

namespace RobustWrn.Core.Tests;

/// <summary>Leftovers where several processes may write: what a killed one left goes, what one that lives is at stays.</summary>
public sealed class UnfinishedTests : IDisposable
{
    private static readonly int Ended = EndedProcess.Number, Living = Environment.ProcessId;

    private readonly string _folder = TestFolder.Make();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_FirstIntoAFolder_RemovesWhatKilledProcessesLeft()
    {
        File.WriteAllText(In($".result.json.{Ended}-1.tmp"), "half");
        File.WriteAllText(In($".other.json.{Ended}-7.tmp"), "half");
        File.WriteAllText(In($".result.json.{Living}-1000000.tmp"), "of a thread of this process");
        File.WriteAllText(In($"notes.{Ended}-1.tmp"), "mine");

        AtomicFile.WriteText(In("result.json"), "whole");

        Assert.Equal([$".result.json.{Living}-1000000.tmp", $"notes.{Ended}-1.tmp", "result.json"], Names());
    }

    /// <summary>As from another container, where the numbers are others.</summary>
    [Fact]
    public void Write_FileOfAnEndedNumberThatIsOpen_Stays()
    {
        using FileStream open = new(In($".result.json.{Ended}-1.tmp"), FileMode.Create, FileAccess.Write, FileShare.None);

        AtomicFile.WriteText(In("result.json"), "whole");

        Assert.Equal([$".result.json.{Ended}-1.tmp", "result.json"], Names());
    }

    /// <summary>In a container each run has the number of the last.</summary>
    [Fact]
    public void Write_FileOfThisNumberFromBeforeThisProcess_IsRemoved()
    {
        string left = In($".result.json.{Living}-1.tmp");
        File.WriteAllText(left, "half");
        using Process self = Process.GetCurrentProcess();
        File.SetLastWriteTimeUtc(left, self.StartTime.ToUniversalTime().AddSeconds(-1));

        AtomicFile.WriteText(In("result.json"), "whole");

        Assert.Equal(["result.json"], Names());
    }

    /// <summary>Nobody has asked for its end yet, as in containers whose first process asks for none.</summary>
    [Fact]
    public void HasEnded_KilledProcessThatNobodyWaitedFor_HasEnded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere its number is free at once");
        // The shell becomes a program that waits for no child; the child's number comes first.
        ProcessStartInfo start = new("sh", ["-c", "sleep 0 & echo $!; exec sleep 30"]) { RedirectStandardOutput = true };
        using Process parent = Process.Start(start)!;
        try
        {
            int child = int.Parse(parent.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(SpinWait.SpinUntil(() => OwningProcess.HasEnded(child, DateTime.UtcNow), TimeSpan.FromSeconds(20)));
            Assert.False(OwningProcess.HasEnded(parent.Id, DateTime.UtcNow));
        }
        finally
        {
            parent.Kill();
        }
    }

    [Fact]
    public void Take_FolderLockWhereAnotherProcessTriesAPlace_LeavesItsFoldersAlone()
    {
        Directory.CreateDirectory(In($".trial.{Living}-1000000.tmp"));
        Directory.CreateDirectory(In($".trial.{Ended}-1.tmp/deeper"));

        FolderLock.Take(_folder).Dispose();

        Assert.Equal([".lock", $".trial.{Living}-1000000.tmp"], Names());
    }

    [Theory]
    [InlineData("result.json")]
    [InlineData("new/deep/result.json")]
    public void OfFile_TrialsOfKilledProcesses_AreRemoved(string place)
    {
        string below = Directory.CreateDirectory(In("below")).FullName;
        foreach (string folder in new[] { _folder, below })
        {
            File.WriteAllText(Path.Combine(folder, $".trial.{Ended}-1.tmp"), "");
            Directory.CreateDirectory(Path.Combine(folder, $".trial.{Ended}-2.tmp", "new"));
            File.WriteAllText(Path.Combine(folder, $".trial.{Ended}-2.tmp", "new", $".trial.{Ended}-3.tmp"), "");
            File.WriteAllText(Path.Combine(folder, $".trial.{Living}-1000000.tmp"), "");
            Directory.CreateDirectory(Path.Combine(folder, $".trial.{Living}-1000001.tmp"));
            File.WriteAllText(Path.Combine(folder, $".weights.{Ended}-4.tmp"), "half");
        }

        Assert.Empty(OutputPlace.OfFile(Path.Combine(below, place), "--out"));

        string[] stay = [$".trial.{Living}-1000000.tmp", $".trial.{Living}-1000001.tmp", $".weights.{Ended}-4.tmp"];
        Assert.Equal([.. stay, "below"], Names());
        Assert.Equal(stay, Directory.GetFileSystemEntries(below).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string In(string name) => Path.Combine(_folder, name);

    private IEnumerable<string?> Names() =>
        Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
