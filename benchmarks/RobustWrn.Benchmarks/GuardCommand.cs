using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>The subcommand <c>guards</c>: what the copy, the hold and the look at convolutions cost, in CPU time.</summary>
internal static class GuardCommand
{
    private const int Starts = 9;

    public static Command Create()
    {
        Option<int> rounds = new("--rounds") { Description = "Measured rounds, each in turns.", DefaultValueFactory = _ => 21 };
        Option<string?> start = new("--start") { Description = "Only starts libtorch, by library or torchsharp, and says what it took." };
        Option<bool> convolves = new("--convolves")
        {
            Description = "With --start: also convolves once with a gradient, as any program would.",
        };
        Command command = new("guards", "The guards around a model and the look at convolutions at the start.")
        {
            rounds, start, convolves,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(start) is { } by)
                Start(by, parsed.GetValue(convolves));
            else
                Measure(parsed.GetValue(rounds));
        });
        return command;
    }

    private static void Start(string by, bool convolves)
    {
        if (by == "library")
            TorchRuntime.EnsureLoaded();
        using var scope = NewDisposeScope();
        Tensor images = zeros(1, 3, 32, 32).requires_grad_();
        if (convolves)
            nn.functional.conv2d(images, zeros(8, 3, 3, 3)).sum().backward();
        Console.WriteLine(Environment.CpuUsage.TotalTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
    }

    private static void Measure(int rounds)
    {
        // Children first: nothing of this process has been loaded that a file cache would not have anyway.
        foreach (bool convolves in (bool[])[false, true])
        {
            (double alone, double library, double added) = Started(convolves);
            Say($"start{(convolves ? " and one convolution with its gradient" : "")}: {alone:0} ms with TorchSharp alone");
            Say($"    {library:0} ms with the look at convolutions; {added:0} ms more in the median of {Starts} pairs");
        }
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        Console.WriteLine(TorchRuntime.Describe());
        (string Name, Func<GuardBenchmark> Make, int Steps, int Holds)[] all =
        [
            ("784-32-10 perceptron, 16 images", () => new GuardBenchmark(Perceptron(), 16, 1, 28), 1_000, 1_000),
            ("two convolutions (16, 32), 64 images of 28 x 28", () => new GuardBenchmark(Convolutions(), 64, 1, 28), 10, 1_000),
            ("WRN-10-1, 16 images of 32 x 32", () => new GuardBenchmark(WideResNetSpec.Wrn(10, 1).Build(0), 16, 3, 32), 3, 300),
            ("WRN-34-10, 1 image of 32 x 32", () => new GuardBenchmark(WideResNetSpec.Wrn(34, 10).Build(0), 1, 3, 32), 1, 20),
        ];
        foreach ((string name, Func<GuardBenchmark> make, int steps, int holds) in all)
        {
            using GuardBenchmark benchmark = make();
            (double without, double with, double more) = benchmark.Copy(rounds, steps);
            (double hold, double opening) = benchmark.Hold(5, holds);
            (double before, double after, double added) = (without * 1e3, with * 1e3, more * 1e6);
            Say($"{name}: a step {before:0.000} ms without a copy, {after:0.000} ms with, {added:0} us more in the median");
            Say($"    a hold on {benchmark.Parts} parts {hold * 1e6:0} us, opening an attack {opening * 1e6:0} us");
        }
    }

    private static (double Alone, double Library, double Added) Started(bool convolves)
    {
        List<(double Alone, double Library)> pairs = [];
        for (int pair = -1; pair < Starts; pair++)
        {
            (double alone, double library) = (Child("torchsharp", convolves), Child("library", convolves));
            if (pair >= 0)
                pairs.Add((alone, library));
        }
        return (pairs.Min(pair => pair.Alone), pairs.Min(pair => pair.Library),
            CpuTime.Median(pairs.Select(pair => pair.Library - pair.Alone)));
    }

    private static double Child(string by, bool convolves)
    {
        string[] arguments = [typeof(GuardCommand).Assembly.Location, "guards", "--start", by, "--convolves", convolves ? "true" : "false"];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static nn.Module<Tensor, Tensor> Perceptron() =>
        nn.Sequential(nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10));

    private static nn.Module<Tensor, Tensor> Convolutions() => nn.Sequential(
        nn.Conv2d(1, 16, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding: 1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 7 * 7, 10));
}
