using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>A file of recorded trainings: a line for each run and epoch, columns by name, between tabs.</summary>
internal static class CurveFile
{
    /// <summary>Reads all runs, in the order in which they first come.</summary>
    /// <param name="file">The file.</param>
    /// <param name="column">The column with the values; larger ones are better.</param>
    /// <exception cref="InvalidDataException">A column is missing or a line is broken.</exception>
    public static IReadOnlyList<RecordedRun> Read(string file, string column)
    {
        Dictionary<string, SortedDictionary<int, double>> runs = [];
        List<string> order = [];
        using StreamReader reader = new(file);
        string[] names = (reader.ReadLine() ?? throw new InvalidDataException(
            $"{file} must begin with a line of column names, but is empty.")).TrimEnd('\r').Split('\t');
        int run = Column("run"), epoch = Column("epoch"), value = Column(column);
        for (int number = 2; reader.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line))
                continue;
            string[] cells = line.TrimEnd('\r').Split('\t');
            if (cells.Length != names.Length)
                throw Broken(number, $"must have {names.Length} columns as the first one has, got {cells.Length}");
            if (!int.TryParse(cells[epoch], NumberStyles.None, CultureInfo.InvariantCulture, out int at) || at is < 1 or > 1_000_000)
                throw Broken(number, $"must have a whole epoch from 1 to 1,000,000, got \"{Excerpt.Of(cells[epoch])}\"");
            if (!double.TryParse(cells[value], NumberStyles.Float, CultureInfo.InvariantCulture, out double measured)
                || !double.IsFinite(measured))
                throw Broken(number, $"must have a finite number in \"{column}\", got \"{Excerpt.Of(cells[value])}\"");
            if (!runs.TryGetValue(cells[run], out SortedDictionary<int, double>? values))
            {
                runs.Add(cells[run], values = []);
                order.Add(cells[run]);
            }
            if (!values.TryAdd(at, measured))
                throw Broken(number, $"must not repeat an epoch, but {Excerpt.Of(cells[run])} has epoch {at} twice");
        }
        return [.. order.Select(name => new RecordedRun(name, [.. runs[name].Select(point => CurvePoint.Of(point.Key, point.Value))]))];

        int Column(string name) => Array.IndexOf(names, name) is >= 0 and int index ? index
            : throw new InvalidDataException(
                $"{file} must have a column \"{name}\" in its first line, got {Excerpt.Of(string.Join(", ", names))}.");

        InvalidDataException Broken(int number, string rule) => new($"{file}, line {number} {rule}. Repair or remove the line.");
    }
}
