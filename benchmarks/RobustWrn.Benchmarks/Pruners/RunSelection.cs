using System.IO.Enumeration;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>The runs that are compared.</summary>
internal static class RunSelection
{
    /// <summary>The runs of a name, of none of some words, whose last epoch is the given one.</summary>
    /// <param name="runs">All runs.</param>
    /// <param name="prefix">Their names begin with it.</param>
    /// <param name="exclude">Words that stand nowhere in their names; in a word with * or ? these match anything and one character.</param>
    /// <param name="epochs">Their last epoch.</param>
    /// <param name="longer">Longer runs are taken, too, and cut there.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static IReadOnlyList<RecordedRun> Of(
        IReadOnlyList<RecordedRun> runs, string prefix, IReadOnlyList<string> exclude, int epochs, bool longer)
    {
        RecordedRun[] named = [.. runs.Where(run => run.Name.StartsWith(prefix, StringComparison.Ordinal) && !exclude.Any(Matches(run.Name)))];
        RecordedRun[] found = [.. named.Where(run => run.Epochs == epochs || (longer && run.Epochs > epochs))
            .Where(run => run.Points[0].Step <= epochs).Select(run => Filled(run, epochs))];
        if (found.Length > 0)
            return found;
        string others = named.Length == 0
            ? $"there are {Quantity.Of(runs.Count, "run")}, such as {Excerpt.Of(runs.Count == 0 ? "none" : runs[0].Name)}"
            : $"there are {string.Join(", ", named.GroupBy(run => run.Epochs).OrderBy(group => group.Key).Take(8)
                .Select(group => $"{group.Count()} of {group.Key} epochs"))}";
        throw new InvalidDataException(
            $"a run must begin with \"{Excerpt.Of(prefix)}\", match no excluded word and have {epochs} epochs, but none does: {others}. "
            + "Change --runs, --exclude or --epochs.");
    }

    // At an epoch without a report counts what was reported last; before the first, the first.
    private static RecordedRun Filled(RecordedRun run, int epochs)
    {
        CurvePoint[] points = new CurvePoint[epochs];
        int next = 0;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            while (next < run.Points.Count - 1 && run.Points[next + 1].Step <= epoch)
                next++;
            points[epoch - 1] = new CurvePoint(epoch, run.Points[next].Values);
        }
        return run with { Points = [.. points], Missing = epochs - run.Points.Count(point => point.Step <= epochs) };
    }

    private static Func<string, bool> Matches(string name) => word =>
        FileSystemName.MatchesSimpleExpression($"*{word}*", name, ignoreCase: false);
}
