using RobustWrn.Core;
using RobustWrn.Samples;
using SearchArchitecture;
using Spectre.Console;

TorchRuntime.WaitPassively();
// Above a table that is drawn again and again, lines are written by whoever draws it.
return await StopRequest.RunAsync(
    token => SearchCommand.RunAsync(args, token),
    AnsiConsole.Profile.Out.IsTerminal ? AnsiConsole.WriteLine : null);
