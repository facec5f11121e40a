namespace RobustWrn.Core;

/// <summary>
/// Devices and pipes, which a file that is renamed to their name would replace: <c>/dev/null</c> would be an ordinary file afterwards,
/// for every program.
/// </summary>
public static class SpecialFile
{
    /// <summary>Refuses a place where something else than a file of bytes is.</summary>
    /// <exception cref="IOException">There is a device or a pipe.</exception>
    public static void Refuse(string full)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(full) && (IsDevice(full) || IsPipe(full)))
            throw new IOException($"{full} must be an ordinary file, but it is a device or a pipe. Name a file in a folder of your own.");
    }

    // Shared memory is a folder like any other.
    private static bool IsDevice(string full) =>
        full.StartsWith("/dev/", StringComparison.Ordinal) && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static bool IsPipe(string full)
    {
        try
        {
            // For reading and writing, a pipe opens without waiting for its other end.
            using FileStream stream = new(full, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return !stream.CanSeek;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // of others, or in use: whether it can be replaced shows when it is
        }
    }
}
