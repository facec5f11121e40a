using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RobustWrn.Core;

/// <summary>The process whose number something bears: an unfinished file or folder, a worker of a study.</summary>
public static class OwningProcess
{
    // Processes are timed in hundredths of a second, files in the ticks of the kernel.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// Tells whether it has ended. Numbers are given again, in containers with each start: one that began after the last change is another.
    /// </summary>
    /// <param name="number">Its number, of this machine.</param>
    /// <param name="changed">When it last did something, such as write its file, UTC: it had begun by then.</param>
    public static bool HasEnded(int number, DateTime changed)
    {
        try
        {
            using Process process = Process.GetProcessById(number);
            return IsUnreaped(number) || process.StartTime.ToUniversalTime() > changed.ToUniversalTime() + Slack;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return true;
        }
        catch (ExternalException)
        {
            // It is there, and another user's.
            return false;
        }
    }

    // A killed process whose parent never asks for its end keeps its number, and has no file open.
    private static bool IsUnreaped(int number)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            string status = File.ReadAllText($"/proc/{number}/stat");
            return status[(status.LastIndexOf(')') + 1)..].TrimStart().StartsWith('Z');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
