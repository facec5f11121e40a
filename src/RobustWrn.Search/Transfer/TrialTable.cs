using System.Globalization;
using System.Text;
using Microsoft.VisualBasic.FileIO;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Trials as a table of comma-separated values (RFC 4180) for other programs: a column for each dimension, and one for each measure; of a
/// share also its hits and total. Written for spreadsheets and data frames, read for a warm start.
/// </summary>
public static class TrialTable
{
    private const string Number = "trial", State = "state", Attempts = "attempts", Seconds = "seconds", Reason = "reason";

    private const string Hits = " hits", Total = " total";

    private static readonly string[] Own = [Number, State, Attempts, Seconds, Reason];

    /// <summary>The table of trials.</summary>
    /// <param name="trials">The trials of one study.</param>
    public static string Write(IEnumerable<TrialRecord> trials)
    {
        ArgumentNullException.ThrowIfNull(trials);
        TrialRecord[] rows = [.. trials];
        string[] dimensions = [.. rows.SelectMany(trial => trial.Values).Select(value => value.Name).Distinct()];
        Measure[] measures = [.. rows.SelectMany(trial => trial.Outcome?.Measures ?? []).DistinctBy(measure => measure.Name)];
        StringBuilder text = new();
        Line([Number, State, .. dimensions, .. measures.SelectMany(measure => Columns(measure)), Attempts, Seconds, Reason]);
        foreach (TrialRecord trial in rows)
        {
            Line(
            [
                Text(trial.Number), trial.State.ToString().ToLowerInvariant(),
                .. dimensions.Select(name => trial.Values.FirstOrDefault(value => value.Name == name)?.Value ?? ""),
                .. measures.SelectMany(measure => Cells(measure, trial.Outcome?.Find(measure.Name))),
                Text(trial.Attempts), Text(trial.Seconds), trial.FailureReason ?? trial.PruningReason ?? "",
            ]);
        }
        return text.ToString();

        void Line(IEnumerable<string> cells) => text.Append(CsvLine.Of(cells));
    }

    /// <summary>Reads trials of a table: those that have measures as outcomes, the others as networks to be tried.</summary>
    /// <param name="table">
    /// The text: a line of names, then a line for each trial. Columns called as the table itself calls its own (<c>trial</c>, <c>state</c>,
    /// <c>attempts</c>, <c>seconds</c>, <c>reason</c>) are left out, as are rows whose state is not <c>completed</c> or empty; columns that
    /// are no dimension are measures.
    /// </param>
    /// <param name="dimensions">The dimensions of the space.</param>
    /// <param name="source">How messages call the table.</param>
    /// <exception cref="InvalidDescriptionException">The table has problems; all are listed.</exception>
    /// <exception cref="InvalidDataException">It is no table of comma-separated values.</exception>
    public static ValueList<KnownTrial> Read(string table, ValueList<SpaceDimension> dimensions, string source = "the table")
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(dimensions);
        List<Problem> problems = [];
        List<KnownTrial> trials = [];
        using TextFieldParser parser = new(new StringReader(table)) { Delimiters = [","], HasFieldsEnclosedInQuotes = true };
        string[] names = Fields(parser, source)
            ?? throw new InvalidDataException($"{source} must begin with a line of names, got nothing.");
        foreach (IGrouping<string, string> twice in names.GroupBy(name => name).Where(group => group.Count() > 1))
            problems.Add(new Problem($"\"{twice.Key}\"", "must be the name of one column, but is that of several."));
        foreach (SpaceDimension missing in dimensions.Where(dimension => !names.Contains(dimension.Name)))
            problems.Add(new Problem($"\"{missing.Name}\"",
                $"must be a column, since it is a dimension of the space, got {Quantity.First(names, 8)}."));
        for (int row = 2; problems.Count == 0 && Fields(parser, source) is { } cells; row++)
        {
            if (cells.Length != names.Length)
            {
                problems.Add(new Problem($"row {row}", $"must have {names.Length} cells, as the line of names has, got {cells.Length}."));
                break;
            }
            Dictionary<string, string> of = names.Zip(cells).ToDictionary();
            if (of.GetValueOrDefault(State) is { Length: > 0 } state && !state.Equals("completed", StringComparison.OrdinalIgnoreCase))
                continue;
            Measure[] measures = [.. Measures(of, dimensions, row, problems)];
            trials.Add(new KnownTrial(
            [
                .. dimensions.Where(dimension => of[dimension.Name].Length > 0)
                    .Select(dimension => new DimensionValue(dimension.Name, of[dimension.Name])),
            ])
            {
                Outcome = measures.Length == 0 ? null : new TrialOutcome { Measures = [.. measures] },
            });
        }
        problems.ThrowIfAny(source);
        return [.. trials];
    }

    private static IEnumerable<Measure> Measures(
        Dictionary<string, string> cells, ValueList<SpaceDimension> dimensions, int row, List<Problem> problems)
    {
        foreach ((string name, string text) in cells.Where(cell => cell.Value.Length > 0 && !Own.Contains(cell.Key)
            && !dimensions.Any(dimension => dimension.Name == cell.Key) && !IsCount(cell.Key)))
        {
            if (cells.GetValueOrDefault(name + Hits) is { Length: > 0 } hits
                && cells.GetValueOrDefault(name + Total) is { Length: > 0 } total)
            {
                if (long.TryParse(hits, NumberStyles.None, CultureInfo.InvariantCulture, out long right)
                    && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out long all) && all > 0 && right <= all)
                    yield return Measure.Of(name, new Proportion(right, all));
                else
                    problems.Add(new Problem($"row {row}", $"must have hits out of a total for \"{name}\", got {hits} of {total}."));
            }
            else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value))
            {
                yield return new Measure(name, value);
            }
            else
            {
                problems.Add(new Problem($"row {row}", $"must have a number for \"{name}\", got \"{Excerpt.Cut(text, 40)}\"."));
            }
        }

        bool IsCount(string name) => (name.EndsWith(Hits, StringComparison.Ordinal) && cells.ContainsKey(name[..^Hits.Length]))
            || (name.EndsWith(Total, StringComparison.Ordinal) && cells.ContainsKey(name[..^Total.Length]));
    }

    private static string[]? Fields(TextFieldParser parser, string source)
    {
        try
        {
            return parser.ReadFields();
        }
        catch (MalformedLineException e)
        {
            throw new InvalidDataException($"{source} must have cells between commas, those with commas in quotes, but line {e.LineNumber} "
                + "has not.", e);
        }
    }

    private static string[] Columns(Measure measure) =>
        measure.Share is null ? [measure.Name] : [measure.Name, measure.Name + Hits, measure.Name + Total];

    private static string[] Cells(Measure column, Measure? measure) => measure is null or { IsUpperBound: true }
        ? [.. Columns(column).Select(_ => "")]
        : column.Share is null ? [Text(measure.Value)] : [Text(measure.Value), Text(measure.Share?.Hits), Text(measure.Share?.Total)];

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
