using System.CommandLine;
using System.Globalization;
using RobustWrn.Benchmarks;
using RobustWrn.Core;
using TorchSharp;

Option<int> threads = new("--threads") { Description = "Torch threads.", DefaultValueFactory = _ => 1 };
Option<int> batch = new("--batch") { Description = "Images a step.", DefaultValueFactory = _ => 64 };
Option<int> rounds = new("--rounds") { Description = "Measured rounds; each runs everything once, the median is shown.", DefaultValueFactory = _ => 5 };
Option<bool> viewOnly = new("--view-only") { Description = "Measure only what the frozen view brings." };
RootCommand command = new("Attack and training steps in images a second of CPU time, and as a share of what convolutions reach on this machine.") { threads, batch, rounds, viewOnly };
command.SetAction(parsed =>
{
    TorchRuntime.EnsureLoaded();
    torch.set_num_threads(parsed.GetValue(threads));
    Console.WriteLine(TorchRuntime.Describe());
    double peak = ConvolutionPeak.FlopsPerSecond();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"convolution peak (float32): {peak / 1e9:0} GFLOP/s of CPU time"));
    Console.WriteLine();
    (string, WideResNetSpec)[] networks =
    [
        ("tiny", WideResNetSpec.Of(16, [1, 1, 1], [32, 64, 51])),
        ("big", WideResNetSpec.Of(16, [2, 2, 2], [64, 128, 102])),
    ];
    foreach ((string name, WideResNetSpec spec) in networks)
    {
        using ViewBenchmark benchmark = new(spec, parsed.GetValue(batch));
        (double median, double lowest, double highest) = benchmark.Ratio(parsed.GetValue(rounds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-8} PGD-10 on the module takes {median:0.00} times the CPU time of PGD-10 on its frozen view ({lowest:0.00} to {highest:0.00} in {parsed.GetValue(rounds)} rounds)"));
    }
    foreach ((string name, WideResNetSpec spec) in networks)
    {
        using FollowBenchmark benchmark = new(spec, parsed.GetValue(batch));
        foreach (int side in (int[])[3, 5, 7, 10])
        {
            (double work, double median, double lowest, double highest) = benchmark.Ratio(side, parsed.GetValue(rounds));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-8} following a window of {side,2} takes {median:0.00} of a pass ({lowest:0.00} to {highest:0.00} in {parsed.GetValue(rounds)} rounds), {work:0.00} of its multiply-adds"));
        }
    }
    if (parsed.GetValue(viewOnly))
        return;
    Console.WriteLine();
    Console.WriteLine($"{"network",-8} {"MMACs",6} {"step",-12} {"ms",8} {"images/s",9} {"of peak",8}");
    foreach ((string name, WideResNetSpec spec) in networks)
    {
        using StepBenchmark benchmark = new(spec, parsed.GetValue(batch));
        foreach (StepTime step in benchmark.Measure(parsed.GetValue(rounds)))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-8} {benchmark.MultiplyAdds / 1e6,6:0.0} {step.Name,-12} {step.Seconds * 1e3,8:0} {parsed.GetValue(batch) / step.Seconds,9:0.0} {step.Flops / step.Seconds / peak,8:0.00}"));
        }
    }
    Console.WriteLine();
    foreach ((string name, WideResNetSpec spec) in networks)
    {
        using OverheadBenchmark benchmark = new(spec, parsed.GetValue(batch));
        (double median, double lowest, double highest) = benchmark.Square(parsed.GetValue(rounds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-8} Square takes {median:0.00} times the CPU time of the forward passes it asks for ({lowest:0.00} to {highest:0.00} in {parsed.GetValue(rounds)} rounds)"));
        (median, lowest, highest) = benchmark.Fab(parsed.GetValue(rounds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-8} FAB-T takes {median:0.00} times the CPU time of the passes it asks for ({lowest:0.00} to {highest:0.00} in {parsed.GetValue(rounds)} rounds)"));
    }
});
Option<string> vectors = new("--vectors") { Description = "The file with the reference network and its images.", Required = true };
Option<string> search = new("--search") { Description = "What attacks compute in: float32 or bfloat16.", DefaultValueFactory = _ => "float32" };
search.AcceptOnlyFromAmong("float32", "bfloat16");
Command turns = new("autoattack", "Our side of benchmarks/autoattack/side_by_side.py.") { vectors, search };
turns.SetAction(parsed =>
{
    TorchRuntime.EnsureLoaded();
    torch.set_num_threads(1);
    using AutoAttackTurns side = new(parsed.GetValue(vectors)!, parsed.GetValue(search)!);
    side.Answer(Console.In, Console.Out);
});
command.Subcommands.Add(turns);
command.Subcommands.Add(SamplerCommand.Create());
command.Subcommands.Add(PrunerCommand.Create());
command.Subcommands.Add(GuardCommand.Create());
command.Subcommands.Add(RacingCommand.Create());
command.Subcommands.Add(AskTimes.Create());
command.Subcommands.Add(StoreTimes.Create());
return command.Parse(args).Invoke();
