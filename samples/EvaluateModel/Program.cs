using EvaluateModel;
using RobustWrn.Core;
using RobustWrn.Samples;
using Spectre.Console;

TorchRuntime.WaitPassively();
// Above bars that are drawn again and again, lines are written by whoever draws them.
return await StopRequest.RunAsync(
    token => EvaluateCommand.RunAsync(args, Console.Out, Console.Error, token),
    AnsiConsole.Profile.Out.IsTerminal ? AnsiConsole.WriteLine : null);
