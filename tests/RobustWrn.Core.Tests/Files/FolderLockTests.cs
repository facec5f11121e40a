namespace RobustWrn.Core.Tests;

public sealed class FolderLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("robustwrn-").FullName;

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
}
