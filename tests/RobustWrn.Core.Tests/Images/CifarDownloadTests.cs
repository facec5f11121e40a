using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace RobustWrn.Core.Tests;

public sealed class CifarDownloadTests : IDisposable
{
    private static readonly byte[] Archive = Pack("cifar-10-batches-bin");

    private readonly string _folder = TestFolder.Make();

    private string Part => Path.Combine(_folder, "cifar-10-binary.tar.gz.part");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DownloadAsync_WholeArchive_UnpacksItAndReportsEveryByte()
    {
        using ArchiveServer server = new(Archive);
        Reports reports = new();

        string place = await Cifar10.DownloadAsync(_folder, Options(server), reports);

        Assert.Equal(Path.Combine(_folder, "cifar-10-batches-bin"), place);
        using DatasetSplits splits = Cifar10.From(_folder, holdOut: 10);
        Assert.Equal((40, 10, 10), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal(new DownloadProgress(0, Archive.Length), reports.All[0]);
        Assert.Equal(new DownloadProgress(Archive.Length, Archive.Length), reports.All[^1]);
        Assert.Equal(["cifar-10-batches-bin"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task DownloadAsync_FoldersThatKilledProcessesLeft_AreRemovedAndThoseOfLivingOnesStay()
    {
        using ArchiveServer server = new(Archive);
        string living = Path.Combine(_folder, $".cifar-10-batches-bin.{Environment.ProcessId}-1000000.tmp");
        foreach (string number in new[] { $"{EndedProcess.Number}", $"{EndedProcess.Number}-1" })
        {
            string left = Directory.CreateDirectory(Path.Combine(_folder, $".cifar-10-batches-bin.{number}.tmp")).FullName;
            File.WriteAllText(Path.Combine(left, "data_batch_1.bin"), "half");
        }
        Directory.CreateDirectory(living);

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([living, Path.Combine(_folder, "cifar-10-batches-bin")], Directory.GetFileSystemEntries(_folder)
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task DownloadAsync_FilesAreThere_AsksNobody()
    {
        using ArchiveServer server = new(Archive);
        await Cifar10.DownloadAsync(_folder, Options(server));

        string again = await Cifar10.DownloadAsync(_folder, Options(server)), direct = await Cifar10.DownloadAsync(again, Options(server));

        Assert.Equal(again, direct);
        Assert.Single(server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_CutConnections_GoesOnWhereEachEnded()
    {
        using ArchiveServer server = new(Archive);
        server.Cuts.Enqueue(1_000);
        server.Cuts.Enqueue(500);

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([0, 1_000, 1_500], server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_CutAndRunAgain_GoesOnWhereItEnded()
    {
        using ArchiveServer server = new(Archive);
        server.Cuts.Enqueue(1_234);

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Attempts = 1 }));
        Assert.Contains("The 1234 bytes that arrived are kept: run again to go on.", e.Message);
        Assert.Equal(Archive[..1_234], await File.ReadAllBytesAsync(Part));
        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([0, 1_234], server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_ServerWithoutRanges_StartsAgain()
    {
        using ArchiveServer server = new(Archive) { KnowsRanges = false };
        server.Cuts.Enqueue(1_000);

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([0, 1_000], server.Starts);
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task DownloadAsync_PartIsAlreadyComplete_IsTaken()
    {
        using ArchiveServer server = new(Archive);
        await File.WriteAllBytesAsync(Part, Archive);

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([Archive.Length], server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_PartOfAnotherFileThatIsLonger_StartsAgain()
    {
        using ArchiveServer server = new(Archive);
        await File.WriteAllBytesAsync(Part, new byte[Archive.Length + 5]);

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal([Archive.Length + 5, 0], server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_BusyServer_IsAskedAgain()
    {
        using ArchiveServer server = new(Archive);
        server.Errors.Enqueue("503 Service Unavailable");
        server.Errors.Enqueue("429 Too Many Requests");

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal(3, server.Starts.Count);
    }

    [Fact]
    public async Task DownloadAsync_NotFound_FailsAtOnceAndSaysHowToDoWithout()
    {
        using ArchiveServer server = new(Archive);
        server.Errors.Enqueue("404 Not Found");

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, Options(server)));

        Assert.Equal($"{server.Address} could not be downloaded: the server answered 404 Not Found. Without a connection, fetch it by hand elsewhere and put it, still packed, "
            + $"at {Path.Combine(_folder, "cifar-10-binary.tar.gz")} (MD5 {Md5(Archive)}); then run again.", e.Message);
        Assert.Single(server.Starts);
    }

    [Fact]
    public async Task DownloadAsync_Unreachable_SaysHowToDoWithout()
    {
        int port;
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        DownloadOptions options = new() { Address = new Uri($"http://127.0.0.1:{port}/archive.tar.gz"), Attempts = 2, Pause = TimeSpan.Zero };

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, options));

        Assert.StartsWith($"{options.Address} could not be downloaded: ", e.Message);
        Assert.Contains("fetch it by hand elsewhere and put it, still packed, at", e.Message);
        Assert.Contains("(MD5 c32a1d4ab5d03f1284b67883e8d87530)", e.Message);
    }

    [Fact]
    public async Task DownloadAsync_SilentServer_CountsAsBroken()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        DownloadOptions options = new()
        {
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/x"),
            Attempts = 1,
            Silence = TimeSpan.FromMilliseconds(200),
        };

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, options));

        Assert.Contains("the server sent nothing for 0.2 s", e.Message);
    }

    [Fact]
    public async Task DownloadAsync_WrongChecksum_NamesBothAndKeepsNothing()
    {
        using ArchiveServer server = new(Archive);
        string wrong = new('0', 32);

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = wrong }));

        Assert.Equal($"the file from {server.Address} must have MD5 {wrong}, got {Md5(Archive)}: it was damaged on the way or is another file. "
            + "It is deleted; run again to download it anew.", e.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task DownloadAsync_ArchivePutThereByHand_IsUnpackedAndKept()
    {
        string byHand = Path.Combine(_folder, "cifar-10-binary.tar.gz");
        await File.WriteAllBytesAsync(byHand, Archive);

        string place = await Cifar10.DownloadAsync(_folder, new DownloadOptions { Md5 = Md5(Archive) });

        Assert.True(File.Exists(Path.Combine(place, "test_batch.bin")));
        Assert.True(File.Exists(byHand));
    }

    [Fact]
    public async Task DownloadAsync_DamagedArchivePutThereByHand_IsRefused()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder, "cifar-10-binary.tar.gz"), [1, 2, 3]);

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder));

        Assert.Contains("must have MD5 c32a1d4ab5d03f1284b67883e8d87530, got 5289df737df57326fcdd22597afb1fac", e.Message);
    }

    [Fact]
    public async Task DownloadAsync_ArchiveOfSomethingElse_IsRefusedAndLeavesNoFolder()
    {
        byte[] other = Pack("cifar-10-batches-bin", recordBytes: 7);
        using ArchiveServer server = new(other);

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(other) }));

        Assert.Contains("it is not the archive of CIFAR-10", e.Message);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task DownloadAsync_EntriesThatPointOutside_StayOutOfTheirReach()
    {
        byte[] hostile = Pack("../outside");
        using ArchiveServer server = new(hostile);

        string place = await Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(hostile) });

        Assert.Equal(6, Directory.GetFiles(place).Length);
        Assert.False(Directory.Exists(Path.Combine(_folder, "..", "outside")));
    }

    [Fact]
    public async Task DownloadAsync_Cancelled_StopsAndKeepsThePart()
    {
        using ArchiveServer server = new(Archive);
        await File.WriteAllBytesAsync(Part, Archive[..10]);
        using CancellationTokenSource source = new();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Cifar10.DownloadAsync(_folder, Options(server), cancellationToken: source.Token));

        Assert.Equal(10, new FileInfo(Part).Length);
    }

    [Fact]
    public async Task DownloadAsync_FolderIsAFile_SaysSo()
    {
        string file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(file));

        Assert.Equal($"{file} must be a folder, but it is a file. Choose another place for CIFAR-10.", e.Message);
    }

    [Fact]
    public async Task DownloadAsync_InvalidOptions_ListsAllProblems()
    {
        DownloadOptions options = new() { Address = new Uri("ftp://example.org/x"), Md5 = "1234", Attempts = 0 };

        InvalidDescriptionException e = await Assert.ThrowsAsync<InvalidDescriptionException>(() => Cifar10.DownloadAsync(_folder, options));

        Assert.Equal(["Address", "Md5", "Attempts"], e.Problems.Select(problem => problem.Subject));
    }

    private static DownloadOptions Options(ArchiveServer server) =>
        new() { Address = server.Address, Md5 = Md5(Archive), Pause = TimeSpan.Zero };

    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static byte[] Pack(string folder, int recordBytes = 3_073)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        using (TarWriter tar = new(zip))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, folder + "/"));
            foreach (string name in (string[])[.. CifarFiles.Training10, "test_batch.bin", "readme.html"])
            {
                byte[] content = [.. Enumerable.Range(0, 10).SelectMany(record => CifarFiles.Record([(byte)record], record)[..recordBytes])];
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/{name}") { DataStream = new MemoryStream(content) });
            }
        }
        return packed.ToArray();
    }

    private sealed class Reports : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> All { get; } = [];

        public void Report(DownloadProgress value) => All.Add(value);
    }
}
