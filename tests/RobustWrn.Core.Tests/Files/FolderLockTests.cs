namespace RobustWrn.Core.Tests;

public sealed class FolderLockTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_FolderThatIsTaken_IsRefusedUntilItIsFree()
    {
        string folder = Path.Combine(_folder, "made", "here");
        using (FolderLock first = FolderLock.Take(folder))
            Assert.Contains("is in use by another process", Assert.Throws<IOException>(() => FolderLock.Take(folder)).Message);

        FolderLock.Take(folder).Dispose();
    }

    [Fact]
    public void Take_PlaceBelowAFile_SaysWhatIsWrong()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.ThrowsAny<IOException>(() => FolderLock.Take(Path.Combine(file, "below")));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved")]
    [InlineData("replaced")]
    public void ThrowIfLost_FolderNoLongerThere_Throws(string what)
    {
        string folder = Path.Combine(_folder, "held");
        using FolderLock held = FolderLock.Take(folder);
        held.ThrowIfLost();

        if (what == "moved")
            Directory.Move(folder, Path.Combine(_folder, "elsewhere"));
        else
            Directory.Delete(folder, recursive: true);
        using FolderLock? next = what == "replaced" ? FolderLock.Take(folder) : null;

        Assert.Contains("it was deleted, moved or replaced", Assert.Throws<IOException>(held.ThrowIfLost).Message);
        next?.ThrowIfLost();
    }

    [Fact]
    public void Take_LeftoversOfAKilledProcess_AreRemoved()
    {
        File.WriteAllText(Path.Combine(_folder, ".result.json.4711-12.tmp"), "half");

        FolderLock.Take(_folder).Dispose();

        Assert.Equal([".lock"], Directory.GetFiles(_folder).Select(Path.GetFileName));
    }
}
