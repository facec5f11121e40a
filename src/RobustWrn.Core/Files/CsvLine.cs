namespace RobustWrn.Core;

/// <summary>Lines of comma-separated values (RFC 4180).</summary>
public static class CsvLine
{
    /// <summary>A line of cells with its end, a line feed; a cell with a comma, a quote or a line break is quoted.</summary>
    /// <param name="cells">The cells.</param>
    public static string Of(IEnumerable<string> cells) => $"{string.Join(',', cells.Select(Quoted))}\n";

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
