using System.Globalization;

namespace DescribeArchitecture;

/// <summary>Whole numbers of the command line. What is none is a problem, and null.</summary>
public static class Numbers
{
    /// <summary>One number, or null where nothing is given.</summary>
    public static int? One(string? text, string option, string example, List<string> problems)
    {
        if (text is null)
            return null;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            problems.Add($"{option} must be a whole number, got {text}. Write {option} {example}.");
            return null;
        }
        if (number < 1)
            problems.Add($"{option} must be at least 1, got {number}. Write {option} {example}.");
        return number;
    }

    /// <summary>Several numbers with commas between them.</summary>
    public static int[]? List(string text, string option, string example, List<string> problems)
    {
        List<int> numbers = [];
        foreach (string part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            {
                problems.Add($"{option} must be whole numbers with commas between them, got {text}. Write {option} {example}.");
                return null;
            }
            numbers.Add(number);
        }
        return [.. numbers];
    }
}
