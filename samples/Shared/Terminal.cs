using System.Runtime.InteropServices;
using System.Text;

namespace RobustWrn.Samples;

/// <summary>The end of a process that cannot wait for its own work, and what it leaves on the screen.</summary>
internal static class Terminal
{
    private const int Output = 1;

    // Bars and tables that are drawn again and again hide the cursor.
    private static readonly byte[] ShowCursor = Encoding.ASCII.GetBytes("\e[?25h\n");

    /// <summary>
    /// Ends the process at once. No lock is waited for and nothing of libtorch is taken down: its threads are at work, and would crash
    /// or never end.
    /// </summary>
    public static void End(int code)
    {
        if (OperatingSystem.IsWindows())
            Environment.Exit(code);
        if (IsTerminal(Output) == 1)
            _ = Write(Output, ShowCursor, ShowCursor.Length);
        Exit(code);
    }

    [DllImport("libc", EntryPoint = "isatty")]
    private static extern int IsTerminal(int file);

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int file, byte[] bytes, nint count);

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);
}
