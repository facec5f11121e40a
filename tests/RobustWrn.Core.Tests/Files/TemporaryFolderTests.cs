namespace RobustWrn.Core.Tests;

public sealed class TemporaryFolderTests : IDisposable
{
    private static readonly int Ended = EndedProcess.Number, Living = Environment.ProcessId;

    private readonly string _parent = TestFolder.Make();

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void Make_TwoOfOneProcess_AreApartAndGoWithTheirUsers()
    {
        using (TemporaryFolder first = TemporaryFolder.Make(_parent), second = TemporaryFolder.Make(_parent))
        {
            File.WriteAllText(Path.Combine(first.Path, "file"), "text");
            Assert.NotEqual(first.Path, second.Path);
            Assert.Equal(2, Directory.GetDirectories(_parent).Length);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_parent));
    }

    [Fact]
    public void Make_FoldersOfKilledProcesses_AreRemovedAndNothingElse()
    {
        string locked = Directory.CreateDirectory(In($"robustwrn-{Ended}-abc")).FullName,
            unlocked = Directory.CreateDirectory(In($"robustwrn-{Ended}-def/record")).Parent!.FullName;
        File.WriteAllText(Path.Combine(locked, ".lock"), "\n");
        File.WriteAllText(Path.Combine(unlocked, "record", "weights.safetensors"), "half");
        string[] others = [$"robustwrn-{Living}-abc", "robustwrn-notes", $"robustwrn-{Ended}", $"robustwrn-{Ended}-abc.old",
            $"mine-{Ended}-abc"];
        foreach (string other in others)
            Directory.CreateDirectory(In(other));

        using TemporaryFolder made = TemporaryFolder.Make(_parent);

        Assert.Equal([.. others.Append(Path.GetFileName(made.Path)).Order()], Directory.GetDirectories(_parent).Select(Path.GetFileName)
            .Order());
    }

    /// <summary>Containers that share a temporary folder do not see each other's processes.</summary>
    [Fact]
    public void Make_FolderOfAnUnknownProcessWhoseLockIsHeld_Stays()
    {
        string other = In($"robustwrn-{Ended}-abc");
        using FolderLock held = FolderLock.Take(other);

        using TemporaryFolder made = TemporaryFolder.Make(_parent);

        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public void Make_LinkOfThatName_IsNotFollowed()
    {
        string elsewhere = TestFolder.Make();
        File.WriteAllText(Path.Combine(elsewhere, "file"), "mine");
        Directory.CreateSymbolicLink(In($"robustwrn-{Ended}-abc"), elsewhere);

        using TemporaryFolder made = TemporaryFolder.Make(_parent);

        Assert.True(File.Exists(Path.Combine(elsewhere, "file")));
    }

    [Fact]
    public void Make_OtherUsers_MayNotLookIn()
    {
        if (OperatingSystem.IsWindows())
            return;
        using TemporaryFolder made = TemporaryFolder.Make(_parent);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(made.Path));
    }

    private string In(string name) => Path.Combine(_parent, name);
}
