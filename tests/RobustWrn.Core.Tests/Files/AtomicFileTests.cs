namespace RobustWrn.Core.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    [Fact]
    public void Write_NewFolder_MakesItAndLeavesOnlyTheFile()
    {
        string path = Path.Combine(_folder, "a", "b", "result.json");

        AtomicFile.WriteText(path, "é");

        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Write_WriterThrows_LeavesTheOldFileAndNoOther()
    {
        string path = Path.Combine(_folder, "result.json");
        AtomicFile.WriteText(path, "old");

        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new InvalidDataException();
        }));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("result.json")]
    [InlineData("deep/er/result.json")]
    public void Write_BelowARegularFile_NamesTheFileInTheWay(string below)
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        IOException error = Assert.Throws<IOException>(() => AtomicFile.WriteText(Path.Combine(file, below), "x"));

        Assert.Equal($"{file} must be a folder, but it is a file. Choose another place for result.json.", error.Message);
    }

    [Fact]
    public void Write_OntoAFolder_SaysSo()
    {
        IOException error = Assert.Throws<IOException>(() => AtomicFile.WriteText(_folder, "x"));

        Assert.Equal($"{_folder} must be a file, but it is a folder. Name a file inside it.", error.Message);
    }

    [Fact]
    public void Write_ManyThreadsOneFile_LeavesOneTextInFull()
    {
        string path = Path.Combine(_folder, "result.json");
        string[] texts = [.. Enumerable.Range(0, 16).Select(i => new string((char)('a' + i), 100_000))];

        Parallel.ForEach(texts, text => AtomicFile.WriteText(path, text));

        Assert.Contains(File.ReadAllText(path), texts);
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Write_NameAsLongAsFileSystemsTake_IsWritten()
    {
        string path = Path.Combine(_folder, $"{string.Concat(Enumerable.Repeat("é", 124))}.json");

        AtomicFile.WriteText(path, "long");

        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void RemoveUnfinished_LeftoversOfKilledProcesses_AreRemovedAndNothingElse()
    {
        string below = Directory.CreateDirectory(Path.Combine(_folder, "below")).FullName,
            outside = TestFolder.Make();
        string[] foreign = [".hidden", "notes.tmp", ".draft.tmp", ".result.json.tmp", ".result.json.12.tmp", "result.json.12-3.tmp",
            ".result.json.12-3.tmp.txt", ".12-3.tmp"];
        foreach (string name in foreign)
            File.WriteAllText(Path.Combine(_folder, name), "");
        File.WriteAllText(Path.Combine(_folder, ".result.json.4711-12.tmp"), "half");
        File.WriteAllText(Path.Combine(below, ".w.safetensors.1-1.tmp"), "half");
        File.WriteAllText(Path.Combine(outside, ".result.json.4711-12.tmp"), "half");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "link"), outside);

        AtomicFile.RemoveUnfinished(_folder);
        Assert.True(File.Exists(Path.Combine(below, ".w.safetensors.1-1.tmp")));
        AtomicFile.RemoveUnfinished(_folder, subfolders: true);

        Assert.Equal(foreign.Order(), Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFiles(below));
        Assert.Single(Directory.GetFiles(outside));
        Directory.Delete(outside, recursive: true);
    }

    [Fact]
    public void RemoveUnfinished_FileThatIsBeingWritten_Stays()
    {
        string path = Path.Combine(_folder, "result.json");

        AtomicFile.Write(path, stream =>
        {
            AtomicFile.RemoveUnfinished(_folder);
            stream.WriteByte(7);
        });

        Assert.Equal([7], File.ReadAllBytes(path));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
