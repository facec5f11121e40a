using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;

namespace RobustWrn.Core.Tests;

/// <summary>Downloads from servers, and archives, that do what they should not.</summary>
public sealed class StrangeDownloadTests : IDisposable
{
    private static readonly byte[] Archive = Pack();

    private readonly string _folder = TestFolder.Make();

    private string Part => Path.Combine(_folder, "cifar-10-binary.tar.gz.part");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task DownloadAsync_DamagedOnTheWay_IsFetchedAgain()
    {
        byte[] damaged = [.. Archive];
        damaged[500] ^= 1;
        using ScriptedServer server = new(ScriptedServer.File(damaged), ScriptedServer.File(Archive));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_DamagedEachTimeOtherwise_EndsAfterItsAttempts()
    {
        int number = 0;
        using ScriptedServer server = new((head, stream) =>
        {
            byte[] damaged = [.. Archive];
            damaged[500] = (byte)++number;
            return ScriptedServer.File(damaged)(head, stream);
        });

        await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Attempts = 4 }));

        Assert.Equal(4, server.Requests.Count);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task DownloadAsync_TheSameOtherFileTwice_IsAnotherFile()
    {
        using ScriptedServer server = new(ScriptedServer.File([1, 2, 3]));

        await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Attempts = 100 }));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_PartOfAFileThatChanged_IsFetchedAnew()
    {
        await File.WriteAllBytesAsync(Part, new byte[1_000]);
        using ScriptedServer server = new(
            ScriptedServer.Reply(
                $"206 Partial Content\r\nContent-Length: {Archive.Length - 1_000}\r\nContent-Range: bytes "
                + $"1000-{Archive.Length - 1}/{Archive.Length}", Archive[1_000..]),
            ScriptedServer.File(Archive));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Contains("Range: bytes=1000-", server.Requests[0]);
        Assert.DoesNotContain("Range:", server.Requests[1]);
    }

    [Theory]
    [InlineData("bytes 0-9/10")]
    [InlineData("bytes 2000-2999/3000")]
    public async Task DownloadAsync_OtherBytesThanAskedFor_AreNotAppended(string range)
    {
        await File.WriteAllBytesAsync(Part, Archive[..1_000]);
        using ScriptedServer server = new(
            ScriptedServer.Reply($"206 Partial Content\r\nContent-Length: 10\r\nContent-Range: {range}", new byte[10]),
            ScriptedServer.File(Archive));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_LengthBeyondTheLimit_IsRefusedUnread()
    {
        using ScriptedServer server = new(ScriptedServer.Reply("200 OK\r\nContent-Length: 900000000000"));

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server)));

        Assert.Contains("must have at most 185428576 bytes, got 900000000000 bytes", e.Message);
        Assert.Single(server.Requests);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task DownloadAsync_ReplyThatNeverEnds_IsCutAtTheLimit()
    {
        using CancellationTokenSource end = new();
        using ScriptedServer server = new(ScriptedServer.Endless(65_536, TimeSpan.Zero, end.Token));

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Cifar10.DownloadAsync(_folder, Options(server) with { MostBytes = 3_000_000 }));
        await end.CancelAsync();

        Assert.Contains("must have at most 3000000 bytes", e.Message);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task DownloadAsync_AByteNowAndThen_CountsAsBroken()
    {
        using CancellationTokenSource end = new();
        using ScriptedServer server = new(ScriptedServer.Endless(1, TimeSpan.FromMilliseconds(50), end.Token));
        Stopwatch watch = Stopwatch.StartNew();

        IOException e = await Assert.ThrowsAsync<IOException>(() =>
            Cifar10.DownloadAsync(_folder, Options(server) with { Attempts = 1, Silence = TimeSpan.FromSeconds(0.5) }));
        await end.CancelAsync();

        Assert.Contains("bytes in 0.5 s, less than 128", e.Message);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("file:///etc/passwd", "from http to file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/archive", "from http to ftp://127.0.0.1/archive")]
    [InlineData("gopher://127.0.0.1/archive", "from http to gopher")]
    public async Task DownloadAsync_RedirectToAnotherScheme_IsRefused(string target, string expected)
    {
        using ScriptedServer server = new(ScriptedServer.Reply($"302 Found\r\nContent-Length: 0\r\nLocation: {target}"));

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, Options(server)));

        Assert.Contains(expected, e.Message);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DownloadAsync_RedirectFromHttpsToHttp_IsRefused(bool alreadyFollowed)
    {
        using HttpClient client = new(new Redirecting(alreadyFollowed));
        DownloadOptions options = new()
        {
            Address = new Uri("https://archive.test/a.tar.gz"),
            Client = client,
            Md5 = Md5(Archive),
            Pause = TimeSpan.Zero
        };

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, options));

        Assert.Contains("the server redirected from https to http://archive.test/b.tar.gz, which is refused", e.Message);
    }

    [Fact]
    public async Task DownloadAsync_RedirectToAnotherPlace_IsFollowed()
    {
        using ScriptedServer server = new(
            ScriptedServer.Reply("301 Moved Permanently\r\nContent-Length: 0\r\nLocation: /elsewhere.tar.gz"),
            ScriptedServer.File(Archive));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.StartsWith("GET /elsewhere.tar.gz ", server.Requests[1]);
    }

    [Fact]
    public async Task DownloadAsync_RedirectInACircle_Ends()
    {
        using ScriptedServer server = new(ScriptedServer.Reply("302 Found\r\nContent-Length: 0\r\nLocation: /archive.tar.gz"));

        IOException e = await Assert.ThrowsAsync<IOException>(() => Cifar10.DownloadAsync(_folder, Options(server)));

        Assert.Contains("redirected more than 10 times", e.Message);
        Assert.Equal(11, server.Requests.Count);
    }

    [Fact]
    public async Task DownloadAsync_ArchiveLabelledAsEncoded_IsTakenAsItIs()
    {
        using ScriptedServer server = new(ScriptedServer.File(Archive, "\r\nContent-Encoding: x-gzip"));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Contains("Accept-Encoding: identity", server.Requests[0]);
    }

    [Fact]
    public async Task DownloadAsync_ShorterThanItsLength_GoesOn()
    {
        using ScriptedServer server = new(
            ScriptedServer.Reply($"200 OK\r\nContent-Length: {Archive.Length}", Archive[..700]),
            ScriptedServer.Reply(
                $"206 Partial Content\r\nContent-Length: {Archive.Length - 700}\r\nContent-Range: bytes "
                + $"700-{Archive.Length - 1}/{Archive.Length}", Archive[700..]));

        await Cifar10.DownloadAsync(_folder, Options(server));

        Assert.Contains("Range: bytes=700-", server.Requests[1]);
    }

    [Fact]
    public async Task DownloadAsync_RightsInTheArchive_AreNotTaken()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has other rights");
            return;
        }
        byte[] hostile = Pack((UnixFileMode)0xFFF);
        using ScriptedServer server = new(ScriptedServer.File(hostile));

        string place = await Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(hostile) });

        const UnixFileMode beyond = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        foreach (string file in Directory.GetFiles(place))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(file) & beyond);
        Assert.Equal(UnixFileMode.None,
            File.GetUnixFileMode(place) & (
            UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup));
    }

    [Fact]
    public async Task DownloadAsync_LinksInTheArchive_AreNotMade()
    {
        byte[] hostile = Pack(links: true);
        using ScriptedServer server = new(ScriptedServer.File(hostile));

        await Assert.ThrowsAsync<InvalidDataException>(() => Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(hostile) }));

        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task DownloadAsync_ArchiveThatUnpacksWithoutEnd_IsCut()
    {
        byte[] bomb = Bomb(30_000_000);
        using ScriptedServer server = new(ScriptedServer.File(bomb));

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(
            () => Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(bomb), MostBytes = 1_000_000 }));

        Assert.Contains("must unpack to at most 1000000 bytes", e.Message);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task DownloadAsync_ArchiveOfNoise_NamesIt()
    {
        byte[] noise = [0x1f, 0x8b, 8, 0, .. Enumerable.Range(0, 1_000).Select(i => (byte)(i * 7 % 251))];
        using ScriptedServer server = new(ScriptedServer.File(noise));

        InvalidDataException e = await Assert.ThrowsAsync<InvalidDataException>(() =>
            Cifar10.DownloadAsync(_folder, Options(server) with { Md5 = Md5(noise) }));

        Assert.Contains("cifar-10-binary.tar.gz must be a packed archive, but is damaged", e.Message);
    }

    private static DownloadOptions Options(ScriptedServer server) =>
        new() { Address = server.Address, Md5 = Md5(Archive), Pause = TimeSpan.Zero };

    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    private static byte[] Pack(UnixFileMode mode = UnixFileMode.UserRead, bool links = false)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        using (TarWriter tar = new(zip))
        {
            foreach (string name in (string[])[.. CifarFiles.Training10, "test_batch.bin"])
            {
                byte[] content = [.. Enumerable.Range(0, 10).SelectMany(record => CifarFiles.Record([(byte)record], record))];
                tar.WriteEntry(links
                    ? new PaxTarEntry(TarEntryType.SymbolicLink, $"cifar-10-batches-bin/{name}") { LinkName = "/etc/passwd" }
                    : new PaxTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}")
                    {
                        DataStream = new MemoryStream(content),
                        Mode = mode
                    });
            }
        }
        return packed.ToArray();
    }

    private static byte[] Bomb(int bytes)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        using (TarWriter tar = new(zip))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile,
                "cifar-10-batches-bin/data_batch_1.bin")
            { DataStream = new MemoryStream(new byte[bytes]) });
        return packed.ToArray();
    }

    private sealed class Redirecting(bool alreadyFollowed) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Uri target = new("http://archive.test/b.tar.gz");
            HttpResponseMessage response = new(alreadyFollowed ? HttpStatusCode.OK : HttpStatusCode.Redirect)
            {
                Content = new ByteArrayContent(Archive),
                RequestMessage = alreadyFollowed ? new HttpRequestMessage(HttpMethod.Get, target) : request,
            };
            response.Headers.Location = alreadyFollowed ? null : target;
            return Task.FromResult(response);
        }
    }
}
