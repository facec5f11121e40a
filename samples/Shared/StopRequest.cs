using System.Runtime.InteropServices;

namespace RobustWrn.Samples;

/// <summary>
/// Ctrl-C, and the system's request to end. The first asks the work to stop where it can go on later; the second ends the program at once.
/// A program that was stopped ends with 130 after Ctrl-C and with 143 after the other, as shells have it.
/// </summary>
internal static class StopRequest
{
    /// <summary>The exit code of a program that was stopped, before the kind of the request is known.</summary>
    public const int Stopped = 130;

    private const int Terminated = 143;

    /// <summary>Runs a program that can be stopped.</summary>
    /// <param name="program">The program; returns <see cref="Stopped"/> when it stopped because it was asked to.</param>
    /// <param name="announce">Says what happens now, to whoever waits; null writes to the error stream.</param>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<int>> program, Action<string>? announce = null)
    {
        using CancellationTokenSource stop = new();
        int asked = 0;
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask);
        // On a thread of its own: work that never waits would keep this method from returning.
        int code = await Task.Run(() => program(stop.Token), CancellationToken.None);
        return code == Stopped && asked != 0 ? asked : code;

        void Ask(PosixSignalContext context)
        {
            context.Cancel = true;
            int wanted = context.Signal == PosixSignal.SIGTERM ? Terminated : Stopped;
            if (Interlocked.CompareExchange(ref asked, wanted, 0) != 0)
                Terminal.End(wanted);
            (announce ?? Console.Error.WriteLine)("Stopping after the step under way; a second request ends the program at once.");
            stop.Cancel();
        }
    }
}
