using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace RobustWrn.Testing;

/// <summary>Ctrl-C and its like for another process, on systems that have signals.</summary>
internal static class RequestToEnd
{
    /// <summary>Ctrl-C.</summary>
    public const int Interrupt = 2;

    /// <summary>What <c>kill</c> sends.</summary>
    public const int Terminate = 15;

    /// <summary>Holds a process where it is, whatever it does.</summary>
    public static int Pause => OperatingSystem.IsMacOS() ? 17 : 19;

    /// <summary>Lets it go on.</summary>
    public static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Sends it at once: a process that would do so takes as long to start as a small run takes.</summary>
    /// <returns>The exit code of a program that was stopped so.</returns>
    public static int SendTo(Process process) => Send(process, InterruptsAreIgnored() ? Terminate : Interrupt);

    /// <summary>Sends one of them.</summary>
    /// <returns>The exit code of a program that was stopped so.</returns>
    public static int Send(Process process, int signal)
    {
        Assert.Equal(0, Kill(process.Id, signal));
        return 128 + signal;
    }

    // A shell that starts something in the background has it ignore Ctrl-C, and so do this process's children: then the other request to end.
    private static bool InterruptsAreIgnored()
    {
        string? ignored = File.Exists("/proc/self/status") ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return ignored is not null && (long.Parse(ignored.Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1L << (Interrupt - 1))) != 0;
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
