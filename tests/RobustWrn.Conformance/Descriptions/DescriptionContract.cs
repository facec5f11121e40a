using System.Diagnostics;
using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Descriptions;

/// <summary>
/// Keeps to what everyone who uses a description relies on: <see cref="IDescription.Problems"/> refuses what cannot be computed with,
/// reports the parts' problems, never throws,
/// is quick, quotes little, and speaks the same in every culture.
/// </summary>
public static class DescriptionContract
{
    private const int LongestMessage = 5_000;
    private const long MostAllocated = 64L << 20;

    /// <summary>What is let through though it is large, and why it does no harm.</summary>
    private static readonly Dictionary<string, string> Harmless = new(StringComparer.Ordinal)
    {
        [$"{nameof(EvaluationOptions)}.{nameof(EvaluationOptions.MemoryLimit)} {long.MaxValue}"] = "a limit above the machine's memory "
            + "asks for nothing",
    };

    /// <summary>The clauses, by what they ask.</summary>
    public static IReadOnlyDictionary<string, Action<IDescription>> Clauses { get; } = new Dictionary<string,
        Action<IDescription>>(StringComparer.Ordinal)
    {
        ["has no problems as it is usual"] = description => Assert.Empty(description.Problems()),
        ["refuses what nobody means"] = RefusesWhatNobodyMeans,
        ["answers quickly and in few words"] = AnswersQuickly,
        ["reports the problems of its parts"] = ReportsItsParts,
        ["speaks the same in every culture"] = SpeaksTheSame,
    };

    private static void RefusesWhatNobodyMeans(IDescription description)
    {
        foreach (HostileValue hostile in HostileValues.Of(description))
        {
            bool refused = false;
            Exception? thrown = Record.Exception(() => refused = hostile.Description.Problems().Any());
            Assert.True(thrown is null, $"{description.GetType().Name}.{hostile.Path} = {hostile.Value} throws {thrown}");
            Assert.True(refused
                || IsHarmless(description, hostile), $"{description.GetType().Name}.{hostile.Path} = {hostile.Value} is not refused");
        }
    }

    // A text is only quoted. A number so small that float32 makes 0 of it may pass where 0 may.
    private static bool IsHarmless(IDescription description, HostileValue hostile) =>
        hostile.Value is "a text of 20 million characters" or "line breaks"
        || Harmless.ContainsKey($"{description.GetType().Name}.{hostile.Path} {hostile.Value}")
        || (hostile.Value is "1E-50" or "5E-324" && !Zero(description, hostile.Path).Problems().Any());

    private static IDescription Zero(IDescription description, string path)
    {
        if (path.Contains('.', StringComparison.Ordinal))
            return description;
        PropertyInfo property = description.GetType().GetProperty(path)!;
        IDescription copy = (IDescription)typeof(object)
            .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(description, null)!;
        property.SetValue(copy, 0.0);
        return copy;
    }

    private static void AnswersQuickly(IDescription description)
    {
        foreach (HostileValue hostile in HostileValues.Of(description))
        {
            long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
            Problem[] problems = [.. hostile.Description.Problems()];
            string text = problems.Length == 0 ? "" : new InvalidDescriptionException(description.GetType().Name, problems).Message;
            string where = $"{description.GetType().Name}.{hostile.Path} = {hostile.Value}";
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostAllocated,
                $"{where} takes {GC.GetAllocatedBytesForCurrentThread() - before} bytes to refuse");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10),
                $"{where} takes {Stopwatch.GetElapsedTime(start)} to refuse");
            Assert.True(text.Length < LongestMessage, $"{where} is refused in {text.Length} characters");
            Assert.All(problems, problem => Assert.DoesNotContain(problem.Message, c => char.IsControl(c)));
        }
    }

    private static void ReportsItsParts(IDescription description)
    {
        foreach (PropertyInfo property in description.GetType().GetProperties()
            .Where(property => property.SetMethod is not null && typeof(IDescription).IsAssignableFrom(property.PropertyType)))
        {
            IDescription? broken = LibraryDescriptions.Implementing(property.PropertyType).SelectMany(HostileValues.Of)
                .Select(hostile => hostile.Description)
                .FirstOrDefault(part => part.Problems().Any());
            if (broken is null)
                continue;
            IDescription copy = (IDescription)typeof(object)
                .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(description, null)!;
            property.SetValue(copy, broken);
            Assert.Contains(copy.Problems(), problem => problem.Subject.StartsWith(property.Name, StringComparison.Ordinal));
        }
    }

    private static void SpeaksTheSame(IDescription description)
    {
        IEnumerable<string> Texts() =>
            HostileValues.Of(description).Select(hostile => hostile.Description).Prepend(description).SelectMany(Sayings);
        string[] plain = [.. Texts()];
        using ForeignCulture elsewhere = new();
        Assert.Equal(plain, Texts());
    }

    private static IEnumerable<string> Sayings(IDescription description)
    {
        Problem[] problems = [.. description.Problems()];
        IEnumerable<string> names = problems.Length > 0 ? [] : description.GetType().GetProperties()
            .Where(property => property.PropertyType == typeof(string) && property.GetIndexParameters().Length == 0)
                .Select(property => (string?)property.GetValue(description) ?? "");
        return [.. problems.Select(problem => problem.ToString()), .. names];
    }
}
