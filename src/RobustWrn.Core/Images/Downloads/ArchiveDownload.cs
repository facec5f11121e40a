using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace RobustWrn.Core;

/// <summary>
/// Downloads one file beside its place (<c>NAME.part</c>), checks it and moves it there. A broken transfer goes on where it ended, in this run or a later one
/// (HTTP range requests; a server that does not know them starts again).
/// </summary>
/// <param name="Address">Where the file is.</param>
/// <param name="Path">Where it goes.</param>
/// <param name="Md5">Its checksum.</param>
/// <param name="Options">How patiently.</param>
internal sealed record ArchiveDownload(Uri Address, string Path, string Md5, DownloadOptions Options)
{
    private const int BufferBytes = 1 << 18;

    private static readonly HttpClient Plain = new() { Timeout = Timeout.InfiniteTimeSpan };

    private string Part => Path + ".part";

    /// <summary>Downloads the file.</summary>
    /// <exception cref="IOException">It could not be transferred; what arrived is kept for the next run.</exception>
    /// <exception cref="InvalidDataException">It has another checksum; it is deleted.</exception>
    internal async Task RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await ReceiveAsync(progress, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
            {
                if (attempt >= Options.Attempts || IsFinal(e))
                    throw new IOException(Failure(e), e);
            }
            await Task.Delay(Options.Pause * Math.Pow(2, attempt - 1), cancellationToken).ConfigureAwait(false);
        }
        string found = await Md5OfAsync(Part, cancellationToken).ConfigureAwait(false);
        if (!Matches(found))
        {
            File.Delete(Part);
            throw new InvalidDataException($"the file from {Address} must have MD5 {Md5}, got {found}: it was damaged on the way or is another file. It is deleted; run again to download it anew.");
        }
        File.Move(Part, Path, overwrite: true);
    }

    internal static async Task<string> Md5OfAsync(string path, CancellationToken cancellationToken)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(await MD5.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
    }

    internal bool Matches(string md5) => string.Equals(md5, Md5, StringComparison.OrdinalIgnoreCase);

    private async Task ReceiveAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        long have = File.Exists(Part) ? new FileInfo(Part).Length : 0;
        using HttpRequestMessage request = new(HttpMethod.Get, Address);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        using CancellationTokenSource silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            silence.CancelAfter(Options.Silence);
            using HttpResponseMessage response = await (Options.Client ?? Plain)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // Nothing lies behind what is here: the file is complete, or not the server's.
                if (Matches(await Md5OfAsync(Part, cancellationToken).ConfigureAwait(false)))
                    return;
                File.Delete(Part);
                throw new IOException("the server has no more bytes than an earlier, broken download left, but the checksum is another; it is deleted");
            }
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException($"the server answered {(int)response.StatusCode} {response.ReasonPhrase}", null, response.StatusCode);
            bool goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            if (!goesOn)
                have = 0;
            long? total = have + response.Content.Headers.ContentLength;
            await AppendAsync(response.Content, have, total, progress, silence).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"the server sent nothing for {Options.Silence.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", e);
        }
    }

    private async Task AppendAsync(HttpContent content, long have, long? total, IProgress<DownloadProgress>? progress, CancellationTokenSource silence)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        using Stream body = await content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        using FileStream part = new(Part, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[BufferBytes];
        progress?.Report(new DownloadProgress(have, total));
        while (true)
        {
            silence.CancelAfter(Options.Silence);
            int received = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false);
            if (received == 0)
                break;
            await part.WriteAsync(buffer.AsMemory(0, received), silence.Token).ConfigureAwait(false);
            have += received;
            progress?.Report(new DownloadProgress(have, total));
        }
        if (have < total)
            throw new IOException($"the connection ended after {have} of {total} bytes");
    }

    // The server's no is final; "too slow", "too many requests" and its own troubles are not.
    private static bool IsFinal(Exception e) =>
        e is HttpRequestException { StatusCode: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) };

    private string Failure(Exception e)
    {
        string kept = File.Exists(Part) ? $" The {new FileInfo(Part).Length} bytes that arrived are kept: run again to go on." : "";
        return $"{Address} could not be downloaded: {e.Message.TrimEnd('.')}.{kept} "
            + $"Without a connection, fetch it by hand elsewhere and put it, still packed, at {Path} (MD5 {Md5}); then run again.";
    }
}
