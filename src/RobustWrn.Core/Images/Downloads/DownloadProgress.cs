namespace RobustWrn.Core;

/// <summary>How far a download is.</summary>
/// <param name="Received">Bytes on the disk, those of an earlier, broken attempt included.</param>
/// <param name="Total">Bytes in all; null when the server does not say.</param>
public readonly record struct DownloadProgress(long Received, long? Total);
