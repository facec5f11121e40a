using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>A progress bar an attack on a terminal, a line a tenth of the way elsewhere.</summary>
public static class ProgressView
{
    /// <summary>Whether a person looks at a terminal, rather than a file or another program reading along.</summary>
    public static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && AnsiConsole.Profile.Out.IsTerminal;

    /// <summary>Runs an evaluation and shows how far it is.</summary>
    /// <param name="output">Where plain lines go.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="radii">How many radii they are run at.</param>
    /// <param name="run">The evaluation.</param>
    public static T Follow<T>(TextWriter output, AttackSuite suite, int radii, Func<IProgress<EvaluationProgress>, T> run)
    {
        if (!IsTerminal(output))
            return run(new Lines(output, radii));
        return AnsiConsole.Progress().Start(context =>
        {
            ProgressTask whole = context.AddTask(radii > 1 ? "this radius" : "all attacks", maxValue: 1);
            return run(new Bars(whole, [.. suite.Attacks.Select(attack => context.AddTask(Markup.Escape(attack.Name)))], radii));
        });
    }

    private static string Right(EvaluationProgress value) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * value.Survivors / value.Done:0.0} % still right");

    private static string Left(EvaluationProgress value) => value.Remaining switch
    {
        { TotalSeconds: < 1 } => value.Done == value.Total && value.AttackNumber == value.AttackCount ? "done" : "nearly done",
        { TotalSeconds: < 100 } time => string.Create(CultureInfo.InvariantCulture, $"about {time.TotalSeconds:0} s left"),
        { TotalMinutes: < 100 } time => string.Create(CultureInfo.InvariantCulture, $"about {time.TotalMinutes:0} min left"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"about {time.TotalHours:0} h left"),
    };

    private static string Radius(EvaluationProgress value, int radii) => radii > 1 ? string.Create(CultureInfo.InvariantCulture, $"epsilon {value.Epsilon:0.####}, ") : "";

    private sealed class Bars(ProgressTask whole, ProgressTask[] attacks, int radii) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value)
        {
            TimeSpan all = value.Elapsed + value.Remaining;
            whole.Value = all > TimeSpan.Zero ? value.Elapsed / all : 1;
            whole.Description = $"{Radius(value, radii)}{Left(value)}{(value.IsResumed ? ", resumed" : "")}";
            ProgressTask task = attacks[value.AttackNumber - 1];
            task.MaxValue = value.Total;
            task.Value = value.Done;
            task.Description = $"{Markup.Escape(value.Attack)}: {Right(value)}";
        }
    }

    private sealed class Lines(TextWriter output, int radii) : IProgress<EvaluationProgress>
    {
        private readonly Dictionary<(double, int), long> _tenths = [];

        public void Report(EvaluationProgress value)
        {
            long tenth = 10 * value.Done / value.Total;
            if (tenth <= _tenths.GetValueOrDefault((value.Epsilon, value.AttackNumber)))
                return;
            _tenths[(value.Epsilon, value.AttackNumber)] = tenth;
            string place = value.AttackCount > 1 ? $" ({value.AttackNumber} of {value.AttackCount})" : "";
            output.WriteLine($"{Radius(value, radii)}{value.Attack}{place}: {value.Done} of {Quantity.Of(value.Total, "image")}, {Right(value)}, {Left(value)}{(value.IsResumed ? ", resumed" : "")}");
        }
    }
}
