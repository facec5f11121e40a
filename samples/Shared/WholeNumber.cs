using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace RobustWrn.Samples;

/// <summary>Options that take whole numbers. The parser's own errors name types of .NET, and no remedy.</summary>
internal static class WholeNumber
{
    /// <summary>An option that is null where it is not given.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="example">A number that it may well have.</param>
    /// <param name="description">What it decides.</param>
    public static Option<int?> Int(string name, string example, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, name, example) is { } number ? Fits(result, number, name, example) : null,
    };

    /// <summary>The same, for numbers of any size.</summary>
    public static Option<long?> Long(string name, string example, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, name, example),
    };

    /// <summary>What is wrong with a number, if there is one.</summary>
    public static IEnumerable<string> Within(long? value, long least, long most, string name) =>
        value is not { } number || (number >= least && number <= most) ? []
        : number < least ? [Text($"{name} must be at least {least}, got {number}. Write {name} {least}, or more.")]
        : [Text($"{name} must be at most {most}, got {number}. Write {name} {most}, or less.")];

    private static long? Parse(ArgumentResult result, string name, string example)
    {
        string text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            return number;
        result.AddError($"{name} must be a whole number, got {CommandLine.Shown(text)}. Write {name} {example}.");
        return null;
    }

    private static int? Fits(ArgumentResult result, long number, string name, string example)
    {
        if (number is >= int.MinValue and <= int.MaxValue)
            return (int)number;
        result.AddError(Text($"{name} must be at most {int.MaxValue}, got {number}. Write {name} {example}."));
        return null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
