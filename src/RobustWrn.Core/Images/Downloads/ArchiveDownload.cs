using System.Net;
using System.Security.Cryptography;

namespace RobustWrn.Core;

/// <summary>
/// Downloads one file beside its place (<c>NAME.part</c>), checks it and moves it there. A broken transfer goes on where it ended,
/// in this run or a later one (HTTP range requests; a server that does not know them starts again); a damaged one is fetched again.
/// </summary>
/// <param name="Address">Where the file is.</param>
/// <param name="Path">Where it goes.</param>
/// <param name="Md5">Its checksum.</param>
/// <param name="MostBytes">More are not taken, whatever the server sends.</param>
/// <param name="Options">How patiently.</param>
internal sealed record ArchiveDownload(Uri Address, string Path, string Md5, long MostBytes, DownloadOptions Options)
{
    private string Part => Path + ".part";

    /// <summary>Downloads the file.</summary>
    /// <exception cref="IOException">It could not be transferred; what arrived is kept for the next run.</exception>
    /// <exception cref="InvalidDataException">It has another checksum, more than once, or is larger than it may be; it is
    /// deleted.</exception>
    internal async Task RunAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        string? before = null;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // What an earlier run left may be of another file: what comes of it is damage, and says nothing yet.
                bool whole = !File.Exists(Part);
                await ReceiveAsync(progress, cancellationToken).ConfigureAwait(false);
                string found = await Md5OfAsync(Part, cancellationToken).ConfigureAwait(false);
                if (Matches(found))
                    break;
                File.Delete(Part);
                // Damage differs from one transfer to the next; the same bytes twice are another file.
                if (attempt >= Options.Attempts || found == before)
                    throw new InvalidDataException(
                        $"the file from {Address} must have MD5 {Md5}, got {found}: it was damaged on the way or is another file. "
                        + "It is deleted; run again to download it anew.");
                before = whole ? found : before;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
            {
                if (attempt >= Options.Attempts || IsFinal(e))
                    throw new IOException(Failure(e), e);
            }
            await Task.Delay(PauseAfter(attempt), cancellationToken).ConfigureAwait(false);
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
        if (have > MostBytes)
        {
            File.Delete(Part);
            have = 0;
        }
        using Patience patience = new(Options.Silence, cancellationToken);
        try
        {
            using HttpResponseMessage response = await HttpRequests.GetAsync(Options.Client, Address, have, patience.Token)
                .ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && have > 0)
            {
                // Nothing lies behind what is here: the file is complete, or not the server's.
                if (Matches(await Md5OfAsync(Part, cancellationToken).ConfigureAwait(false)))
                    return;
                File.Delete(Part);
                throw new IOException("the server has no more bytes than an earlier, broken download left, but the checksum is another; it is deleted");
            }
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException($"the server answered {(int)response.StatusCode} {Excerpt.Of(response.ReasonPhrase)}",
                    null, response.StatusCode);
            if (response.StatusCode != HttpStatusCode.PartialContent)
                have = 0;
            else if (response.Content.Headers.ContentRange?.From != have)
            {
                File.Delete(Part);
                throw new IOException($"the server was asked for the bytes from {have} on and sent others; it is started again");
            }
            await AppendAsync(response.Content, have, have + response.Content.Headers.ContentLength, progress, patience)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(patience.Reason, e);
        }
    }

    private async Task AppendAsync(HttpContent content, long have, long? total, IProgress<DownloadProgress>? progress, Patience patience)
    {
        const int bufferBytes = 1 << 18;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        if (total > MostBytes)
            throw TooLarge($"{total} bytes");
        using Stream body = await content.ReadAsStreamAsync(patience.Token).ConfigureAwait(false);
        using FileStream part = new(Part, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        byte[] buffer = new byte[bufferBytes];
        progress?.Report(new DownloadProgress(have, total));
        while (await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false) is > 0 and var received)
        {
            patience.Received(received);
            if (have + received > MostBytes)
            {
                part.Dispose();
                throw TooLarge("more");
            }
            await part.WriteAsync(buffer.AsMemory(0, received), patience.Token).ConfigureAwait(false);
            have += received;
            progress?.Report(new DownloadProgress(have, total));
        }
        if (have < total)
            throw new IOException($"the connection ended after {have} of {total} bytes");
    }

    private InvalidDataException TooLarge(string got)
    {
        File.Delete(Part);
        return new InvalidDataException(
            $"the file from {Address} must have at most {MostBytes} bytes, got {got}: it is another file, or a reply that never ends. "
            + "It is deleted. For another archive of the same form, give DownloadOptions.MostBytes.");
    }

    // It doubles, up to a day.
    private TimeSpan PauseAfter(int attempt) =>
        TimeSpan.FromSeconds(Math.Min(Options.Pause.TotalSeconds * Math.Pow(2, attempt - 1), TimeSpan.SecondsPerDay));

    // The server's no is final; "too slow", "too many requests" and its own troubles are not.
    private static bool IsFinal(Exception e) =>
        e is RefusedRedirectException
        || (e is HttpRequestException { StatusCode: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.InternalServerError and { } status }
            && status is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests));

    private string Failure(Exception e)
    {
        string kept = File.Exists(Part) ? $" The {new FileInfo(Part).Length} bytes that arrived are kept: run again to go on." : "";
        return $"{Address} could not be downloaded: {Excerpt.Of(e.Message.TrimEnd('.'), 500)}.{kept} "
            + $"Without a connection, fetch it by hand elsewhere and put it, still packed, at {Path} (MD5 {Md5}); then run again.";
    }
}
