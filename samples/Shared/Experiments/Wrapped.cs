using Spectre.Console;

namespace RobustWrn.Samples;

/// <summary>Lines that end between words on a terminal, and are left whole in a file.</summary>
internal static class Wrapped
{
    public static void WriteLine(string line)
    {
        if (AnsiConsole.Profile.Out.IsTerminal)
            AnsiConsole.WriteLine(line);
        else
            Console.WriteLine(line);
    }
}
