using System.Globalization;

namespace RobustWrn.Core.Tests;

public sealed class OutputPlaceTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Writable() => ["result.json", "deep/er/result.json", new string('x', 250), new string('é', 120)];

    [Theory]
    [MemberData(nameof(Writable))]
    public void OfFile_PlaceThatCanBeWritten_FindsNothingAndLeavesNothing(string name)
    {
        string path = In(name);

        Assert.Empty(OutputPlace.OfFile(path, "--out"));

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
        AtomicFile.WriteText(path, "text");
        Assert.Equal("text", File.ReadAllText(path));
        Assert.Empty(OutputPlace.OfFile(path, "--out"));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/b/x*250")]
    public void OfFolder_PlaceThatCanBeWritten_FindsNothingAndLeavesNothing(string name)
    {
        Assert.Empty(OutputPlace.OfFolder(In(name), "--out"));

        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("x*256", "a name is longer than the file system allows")]
    [InlineData("é*128", "a name is longer than the file system allows")]
    [InlineData("x*256/result.json", "a name is longer than the file system allows")]
    [InlineData("file/result.json", "file is a file")]
    [InlineData("file/deep/er/result.json", "file is a file")]
    [InlineData("folder", "is a folder")]
    [InlineData("new/", "is a folder")]
    public void OfFile_PlaceThatCannotBeWritten_SaysWhy(string name, string why) =>
        AssertRefused(OutputPlace.OfFile(Prepared(name), "--out"), why);

    [Theory]
    [InlineData("x*256", "a name is longer than the file system allows")]
    [InlineData("x*256/a", "a name is longer than the file system allows")]
    [InlineData("file", "file is a file")]
    [InlineData("file/a/b", "file is a file")]
    public void OfFolder_PlaceThatCannotBeWritten_SaysWhy(string name, string why) =>
        AssertRefused(OutputPlace.OfFolder(Prepared(name), "--out"), why);

    /// <summary>Where not even the administrator can make a file.</summary>
    [Theory]
    [InlineData("/proc/result", "/proc (the file system makes no new entries there)")]
    [InlineData("/proc/self/a/b/c", "/proc/self")]
    [InlineData("/sys/result", "/sys")]
    [InlineData("/sys/kernel/a/result", "/sys/kernel")]
    public void OfFile_FileSystemOfTheKernel_IsRefusedAsFileAndAsFolder(string place, string why)
    {
        if (!OperatingSystem.IsLinux())
            return;
        AssertRefused(OutputPlace.OfFile(place, "--out"), why);
        AssertRefused(OutputPlace.OfFolder(place, "--out"), why);
    }

    /// <summary>Renaming a file to its name would take it from every other program.</summary>
    [Fact]
    public void OfFile_Device_IsRefusedAndStays()
    {
        if (OperatingSystem.IsWindows())
            return;
        AssertRefused(OutputPlace.OfFile("/dev/null", "--out"), "it is a device or a pipe");
        IOException error = Assert.Throws<IOException>(() => AtomicFile.WriteText("/dev/null", "text"));
        Assert.Contains("it is a device or a pipe", error.Message, StringComparison.Ordinal);
        File.WriteAllText("/dev/null", "text");
        Assert.Equal("", File.ReadAllText("/dev/null"));
    }

    [Fact]
    public void OfFile_Pipe_IsRefused()
    {
        if (OperatingSystem.IsWindows())
            return;
        string pipe = In("pipe");
        using (System.Diagnostics.Process mkfifo = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            mkfifo.WaitForExit();

        AssertRefused(OutputPlace.OfFile(pipe, "--out"), "it is a device or a pipe");
    }

    /// <summary>Those who look at one place at the same moment do not disturb each other, nor those who write there.</summary>
    [Fact]
    public void OfFolder_ManyAtOnceBesideAWriter_FindNothing()
    {
        string folder = In("a/b");
        Parallel.For(0, 200, i =>
        {
            Assert.Empty(OutputPlace.OfFolder(folder, "--out"));
            if (i % 50 == 10)
                AtomicFile.WriteText(Path.Combine(folder, $"{i}"), "text");
        });
        Assert.Equal(4, Directory.GetFileSystemEntries(folder).Length);
    }

    private static void AssertRefused(IEnumerable<Problem> problems, string why)
    {
        Problem problem = Assert.Single(problems);
        Assert.Equal("--out", problem.Subject);
        Assert.StartsWith("must ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(why, problem.Message, StringComparison.Ordinal);
    }

    private string Prepared(string name)
    {
        File.WriteAllText(In("file"), "");
        Directory.CreateDirectory(In("folder"));
        return In(name);
    }

    // "x*250" is a name of 250 times x.
    private string In(string name) => Path.Combine(_folder, string.Join('/', name.Split('/').Select(part =>
        part.Split('*') is [string letter, string times] ? string.Concat(Enumerable.Repeat(letter, int.Parse(times, CultureInfo.InvariantCulture)))
        : part)));
}
