using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>
/// A table of measured networks: <c>cell</c>, a digit for each choice; <c>canonical</c>, the cell that stands for equal ones; columns of
/// accuracies in thousandths.
/// </summary>
internal static class TableProblem
{
    /// <summary>Reads a table.</summary>
    /// <param name="file">Tab-separated, with a line of names.</param>
    /// <param name="columns">What is maximised.</param>
    /// <param name="ignoreCanonical">Whether equal networks pass for different ones.</param>
    /// <exception cref="InvalidDataException">A column is missing, or a line has another form.</exception>
    public static SamplerProblem Read(string file, IReadOnlyList<string> columns, bool ignoreCanonical)
    {
        string[] lines = File.ReadAllLines(file);
        string[] names = lines[0].Split('\t');
        int cell = Column("cell"), canonical = Column("canonical");
        int[] wanted = [.. columns.Select(Column)];
        Dictionary<ValueList<int>, (string Canonical, ValueList<double> Values)> rows = [];
        foreach (string[] parts in lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t')))
        {
            if (parts.Length != names.Length || !parts[cell].All(char.IsAsciiDigit))
                throw new InvalidDataException($"{file}: every line must have {names.Length} columns and a cell of digits, got \"{string.Join(' ', parts.Take(3))} ...\".");
            rows.Add(
                parts[cell].Select(digit => digit - '0').ToValueList(),
                (parts[canonical], wanted.Select(column => double.Parse(parts[column], CultureInfo.InvariantCulture) / 1_000).ToValueList()));
        }
        int choices = rows.Keys.First().Count;
        SpaceShape space = new(
            Enumerable.Range(0, choices).Select(d => rows.Keys.Max(point => point[d]) + 1).ToValueList(),
            rows.ContainsKey,
            identity: ignoreCanonical ? null : point => rows[point].Canonical);
        return new SamplerProblem($"{Path.GetFileNameWithoutExtension(file)} {string.Join(", ", columns)}", space, point => rows[point].Values);

        int Column(string name) => Array.IndexOf(names, name) is >= 0 and int index
            ? index
            : throw new InvalidDataException($"{file}: there must be a column \"{name}\", got {string.Join(", ", names)}.");
    }
}
