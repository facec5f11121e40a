using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Values and places in the reasons of pruners.</summary>
internal static class PruningText
{
    /// <summary>Values with four digits behind the point: one alone, or several in parentheses.</summary>
    public static string Of(ValueList<double> values)
    {
        string text = string.Join(", ", values.Select(Of));
        return values.Count == 1 ? text : $"({text})";
    }

    /// <summary>A value with four digits that count.</summary>
    public static string Of(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
