using System.Diagnostics;

namespace RobustWrn.Testing;

/// <summary>The number of a process that was there and has ended.</summary>
internal static class EndedProcess
{
    public static int Number { get; } = OfOne();

    private static int OfOne()
    {
        using Process process = OperatingSystem.IsWindows() ? Process.Start("cmd", ["/c", "exit"]) : Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
