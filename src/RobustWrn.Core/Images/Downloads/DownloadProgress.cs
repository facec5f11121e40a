using System.Globalization;

namespace RobustWrn.Core;

/// <summary>How far a download is.</summary>
/// <param name="Received">Bytes on the disk, those of an earlier, broken attempt included.</param>
/// <param name="Total">Bytes in all; null when the server does not say.</param>
public readonly record struct DownloadProgress(long Received, long? Total)
{
    /// <summary>Megabytes received, and in all where that is known.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Received / 1e6:0.0} MB{(Total is { } total ? string.Create(CultureInfo.InvariantCulture, $" of {total / 1e6:0.0} MB") : "")}");
}
