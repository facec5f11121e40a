namespace RobustWrn.Core;

/// <summary>
/// A weights file is damaged, hostile, of a kind that cannot be read, or does not fit the network it was to be loaded into.
/// Nothing was loaded.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="reason">What is wrong with it, going on from its path.</param>
public sealed class WeightsFileException(string path, string reason) : IOException($"{path} {reason}")
{
    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>What is wrong with it, going on from its path.</summary>
    public string Reason { get; } = reason;
}
