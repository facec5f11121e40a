using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>Where a data set is downloaded from and how patiently.</summary>
public sealed partial record DownloadOptions : IDescription
{
    /// <summary>The archive's address, http or https. Default: the official one of the data set.</summary>
    public Uri? Address { get; init; }

    /// <summary>
    /// MD5 of the archive, 32 hexadecimal digits. Default: the one published beside the official archive, which a mirror must match too.
    /// </summary>
    public string? Md5 { get; init; }

    /// <summary>
    /// The most bytes that are taken, of the archive and of what it unpacks to. Default: what the official archive unpacks to, 177 MiB.
    /// </summary>
    public long? MostBytes { get; init; }

    /// <summary>The client to ask with, for proxies and credentials; stays the caller's. Default: a plain one.</summary>
    public HttpClient? Client { get; init; }

    /// <summary>
    /// How often a transfer is tried: a broken one goes on where the last one ended, a damaged one is fetched again. Default 5.
    /// </summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Pause before the second attempt; it doubles with each further one. Default 1 second.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection that sends nothing for this long, or less than 256 bytes a second, counts as broken. Default 1 minute.
    /// </summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    private const int MostAttempts = 1_000;

    // A tebibyte: no data set in one archive is larger.
    private const long LargestArchive = 1L << 40;

    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Address is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, nameof(Address),
            $"must be an absolute http or https address, got {Excerpt.Of(Address?.OriginalString)}."),
        .. Rule.Holds(Md5 is null || HexadecimalMd5().IsMatch(Md5), nameof(Md5),
            $"must be 32 hexadecimal digits, got \"{Excerpt.Of(Md5)}\"."),
        .. MostBytes is { } bytes ? Rule.Positive(bytes, nameof(MostBytes), most: LargestArchive) : [],
        .. Rule.Positive(Attempts, most: MostAttempts),
        .. Rule.Holds(Pause >= TimeSpan.Zero && Pause <= LongestWait, nameof(Pause), $"must be in [0, {LongestWait}], got {Pause}."),
        .. Rule.Holds(Silence > TimeSpan.Zero && Silence <= LongestWait, nameof(Silence),
            $"must be above zero and at most {LongestWait}, got {Silence}."),
    ];

    [GeneratedRegex("^[0-9a-fA-F]{32}$")]
    private static partial Regex HexadecimalMd5();
}
