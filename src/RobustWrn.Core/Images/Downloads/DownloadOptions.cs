using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>Where a data set is downloaded from and how patiently.</summary>
public sealed partial record DownloadOptions : IDescription
{
    /// <summary>The archive's address, http or https. Default: the official one of the data set.</summary>
    public Uri? Address { get; init; }

    /// <summary>MD5 of the archive, 32 hexadecimal digits. Default: the one published beside the official archive, which a mirror must match too.</summary>
    public string? Md5 { get; init; }

    /// <summary>The client to ask with, for proxies and credentials; stays the caller's. Default: a plain one.</summary>
    public HttpClient? Client { get; init; }

    /// <summary>How often a broken transfer is tried, each time going on where the last one ended. Default 5.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Pause before the second attempt; it doubles with each further one. Default 1 second.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A connection that sends nothing for this long counts as broken. Default 1 minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Address is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, nameof(Address), $"must be an absolute http or https address, got {Address}."),
        .. Rule.Holds(Md5 is null || HexadecimalMd5().IsMatch(Md5), nameof(Md5), $"must be 32 hexadecimal digits, got \"{Md5}\"."),
        .. Rule.Positive(Attempts),
        .. Rule.Holds(Pause >= TimeSpan.Zero, nameof(Pause), $"must not be negative, got {Pause}."),
        .. Rule.Holds(Silence > TimeSpan.Zero, nameof(Silence), $"must be more than zero, got {Silence}."),
    ];

    [GeneratedRegex("^[0-9a-fA-F]{32}$")]
    private static partial Regex HexadecimalMd5();
}
