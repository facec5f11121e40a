using System.Runtime.CompilerServices;

namespace RobustWrn.Core;

/// <summary>
/// Rules that descriptions check their parts by. Each returns no problem or one, and names the part by the expression it was given. Every
/// number has an upper bound: what is larger
/// overflows float32 arithmetic or asks for more memory than machines have, and is a slip of the keyboard.
/// </summary>
public static class Rule
{
    /// <summary>
    /// The largest number by default: a billion, of which float32 still holds the product of four (its largest number is 3.4e38).
    /// </summary>
    public const double LargestNumber = 1e9;

    /// <summary>
    /// The smallest number above 0 by default: its reciprocal, and its product with a number down to 1e-8, are still normal numbers of
    /// float32 (the smallest is 1.2e-38).
    /// </summary>
    public const double SmallestNumber = 1e-30;

    /// <summary>
    /// The most repetitions by default, of steps, draws, restarts or epochs: a million, of which 64-bit numbers hold the product of three,
    /// and which no machine gets through.
    /// </summary>
    public const long MostRepetitions = 1_000_000;

    /// <summary>The most entries of a list by default: a thousand, where published suites, recipes and networks have a few dozen.</summary>
    public const int MostEntries = 1_000;

    /// <summary>The most images of a source or batch plan: four billion, twice the largest data sets of pictures there are.</summary>
    public const long MostImages = 1L << 32;

    /// <summary>The most characters of a path, as Linux has it.</summary>
    public const int LongestPath = 4_096;

    /// <summary>A whole number of at least 1.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The largest that is allowed.</param>
    public static IEnumerable<Problem> Positive(
        long value, [CallerArgumentExpression(nameof(value))] string name = "", long most = MostRepetitions) =>
            AtLeast(1, value, most, name);

    /// <summary>A finite number above 0, at least <see cref="SmallestNumber"/>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The largest that is allowed.</param>
    public static IEnumerable<Problem> Positive(
        double value, [CallerArgumentExpression(nameof(value))] string name = "", double most = LargestNumber) =>
        !(double.IsFinite(value) && value > 0) ? [new Problem(name, $"must be a finite number above 0, got {value}.")]
            : InClosed(value, SmallestNumber, most, name);

    /// <summary>A finite number above 0, or null for the default.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The largest that is allowed.</param>
    public static IEnumerable<Problem> PositiveOrDefault(
        double? value, [CallerArgumentExpression(nameof(value))] string name = "", double most = LargestNumber) =>
        value is null ? [] : Positive(value.Value, name, most);

    /// <summary>A whole number of at least 0.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The largest that is allowed.</param>
    public static IEnumerable<Problem> NotNegative(
        long value, [CallerArgumentExpression(nameof(value))] string name = "", long most = MostRepetitions) =>
            AtLeast(0, value, most, name);

    /// <summary>A finite number of at least 0.</summary>
    /// <param name="value">The number.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The largest that is allowed.</param>
    public static IEnumerable<Problem> NotNegative(
        double value, [CallerArgumentExpression(nameof(value))] string name = "", double most = LargestNumber) =>
        !(double.IsFinite(value) && value >= 0) ? [new Problem(name, $"must be a finite number of at least 0, got {value}.")]
            : InClosed(value, 0, most, name);

    /// <summary>A whole number from a smallest to a largest.</summary>
    /// <param name="value">The number.</param>
    /// <param name="least">The smallest that is allowed.</param>
    /// <param name="most">The largest that is allowed.</param>
    /// <param name="name">The part.</param>
    public static IEnumerable<Problem> Between(
        long value, long least, long most, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= least && value <= most ? [] : [new Problem(name, $"must be in [{least}, {most}], got {value}.")];

    /// <summary>
    /// A number in [<paramref name="low"/>, <paramref name="high"/>); one that float32 rounds up to the bound is refused, too.
    /// </summary>
    public static IEnumerable<Problem> InHalfOpen(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= low && value < high && (float)value < (float)high ? [] : [new Problem(name, $"must be in [{low}, {high}), got {value}.")];

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    public static IEnumerable<Problem> InClosed(double value, double low, double high, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= low && value <= high ? [] : [new Problem(name, $"must be in [{low}, {high}], got {value}.")];

    /// <summary>A share above 0: a number in (0, 1], at least <see cref="SmallestNumber"/>.</summary>
    public static IEnumerable<Problem> Share(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is >= SmallestNumber and <= 1 ? [] : [new Problem(name, $"must be above 0 and at most 1, got {value}.")];

    /// <summary>A share above 0 and below 1, in float32, too.</summary>
    public static IEnumerable<Problem> ProperShare(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value >= SmallestNumber && (float)value < 1 ? [] : [new Problem(name, $"must be above 0 and below 1, got {value}.")];

    /// <summary>A collection with at least one entry.</summary>
    public static IEnumerable<Problem> NotEmpty<T>(IReadOnlyCollection<T>? value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        value is { Count: > 0 } ? [] : [new Problem(name, "must have at least one entry, got none.")];

    /// <summary>A list that is given, is not too long, and whose entries are given and right.</summary>
    /// <param name="list">The list.</param>
    /// <param name="problems">The problems of an entry; it is not asked about the entries of a list that is too long.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The most entries that are allowed.</param>
    public static IEnumerable<Problem> Each<T>(
        IReadOnlyList<T>? list, Func<T, IEnumerable<Problem>> problems, [CallerArgumentExpression(nameof(list))] string name = "",
            int most = MostEntries)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (list is null)
            return [new Problem(name, "must be given, got null. Leave it empty for none.")];
        if (list.Count > most)
            return [new Problem(name, $"must have at most {most} entries, got {list.Count}.")];
        return list.SelectMany((entry, i) => entry is null
            ? [new Problem($"{name}[{i}]", "must be given, got null.")]
            : problems(entry).Select(problem => problem.Within($"{name}[{i}]")));
    }

    /// <summary>A text that is given and says something, not longer than it may be.</summary>
    /// <param name="value">The text.</param>
    /// <param name="name">The part.</param>
    /// <param name="most">The most characters. Default 255, as file systems allow of a name.</param>
    public static IEnumerable<Problem> Text(string? value, [CallerArgumentExpression(nameof(value))] string name = "", int most = 255) =>
        string.IsNullOrWhiteSpace(value) ? [new Problem(name, "must be a text that says something, got nothing.")]
        : value.Length > most ? [new Problem(name, $"must have at most {most} characters, got \"{Excerpt.Of(value)}\".")]
        : [];

    /// <summary>One of the named values of an enumeration.</summary>
    public static IEnumerable<Problem> Known<T>(T value, [CallerArgumentExpression(nameof(value))] string name = "")
        where T : struct, Enum =>
        Enum.IsDefined(value) ? [] : [new Problem(name, $"must be one of {string.Join(", ", Enum.GetNames<T>())}, got {value}.")];

    /// <summary>Something that fits into the memory of this machine, or of the container that the process runs in.</summary>
    /// <param name="bytes">All that it takes together.</param>
    /// <param name="name">The part that decides it.</param>
    public static IEnumerable<Problem> FitsMemory(double bytes, string name)
    {
        const double gibibyte = 1 << 30;
        double there = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return bytes <= there ? []
            : [new Problem(name,
            $"must fit into the {there / gibibyte:0.0} GiB of memory there are, but takes {bytes / gibibyte:0.0} GiB.")];
    }

    /// <summary>Any rule: the problem is reported when <paramref name="holds"/> is false.</summary>
    public static IEnumerable<Problem> Holds(bool holds, string name, string message) => holds ? [] : [new Problem(name, message)];

    private static IEnumerable<Problem> AtLeast(long least, long value, long most, string name) =>
        value < least ? [new Problem(name, $"must be at least {least}, got {value}.")] : Between(value, least, most, name);
}
