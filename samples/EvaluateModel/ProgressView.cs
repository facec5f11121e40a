using System.Globalization;
using RobustWrn.Attacks;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>A progress bar an attack on a terminal, a line a tenth of the way elsewhere.</summary>
public static class ProgressView
{
    /// <summary>Whether a person looks at a terminal, rather than a file or another program reading along.</summary>
    public static bool IsTerminal(TextWriter output) => ReferenceEquals(output, Console.Out) && AnsiConsole.Profile.Out.IsTerminal;

    /// <summary>Runs an evaluation and shows how far it is.</summary>
    public static T Follow<T>(TextWriter output, AttackSuite suite, Func<IProgress<EvaluationProgress>, T> run)
    {
        if (!IsTerminal(output))
            return run(new Lines(output));
        return AnsiConsole.Progress().Start(context =>
        {
            Dictionary<string, ProgressTask> tasks = [];
            foreach (string name in suite.Attacks.Select(attack => attack.Name).Distinct())
                tasks[name] = context.AddTask(Markup.Escape(name));
            return run(new Bars(tasks));
        });
    }

    private sealed class Bars(Dictionary<string, ProgressTask> tasks) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value)
        {
            ProgressTask task = tasks[value.Attack];
            task.MaxValue = value.Total;
            task.Value = value.Done;
            task.Description = string.Create(CultureInfo.InvariantCulture, $"{Markup.Escape(value.Attack)}: {100.0 * value.Survivors / value.Done:0.0} % still right");
        }
    }

    private sealed class Lines(TextWriter output) : IProgress<EvaluationProgress>
    {
        private readonly Dictionary<string, long> _tenths = [];

        public void Report(EvaluationProgress value)
        {
            long tenth = 10 * value.Done / value.Total;
            // Below what it was: the next radius of a curve has begun.
            if (tenth == _tenths.GetValueOrDefault(value.Attack))
                return;
            _tenths[value.Attack] = tenth;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{value.Attack}: {value.Done} of {value.Total} images, {100.0 * value.Survivors / value.Done:0.0} % still right"));
        }
    }
}
