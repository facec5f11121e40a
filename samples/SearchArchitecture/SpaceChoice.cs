using System.Globalization;
using System.Text.RegularExpressions;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>
/// The networks: <c>--space nares</c> or <c>--space FILE.json</c>, all of one cost by <c>--macs 5G:0.01 --free stages[^1].width</c>.
/// </summary>
internal sealed partial record SpaceChoice(string Name, string? Macs, string? FreeName)
{
    /// <summary>The space that a processor can train, which lies beside the program.</summary>
    public const string Small = "small";

    /// <summary>
    /// The number that is solved for unless another is named: the finest step of the cost that there is in a wide network.
    /// </summary>
    public const string DefaultFree = "stages[^1].width";

    private const double DefaultTolerance = 0.01;

    /// <summary>All names as a text for people.</summary>
    public static string Names => $"{Small}, {ReadyMadeSpaces.Names}";

    /// <summary>The space, not yet checked point by point; or null and what is wrong.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    public SearchSpace<WideResNetSpec>? Open(List<string> problems)
    {
        SearchSpace<WideResNetSpec>? space = ReadyMadeSpaces.Find(Name)?.Space ?? FromFile(problems);
        if (Macs is null && FreeName is not null)
            problems.Add($"--free must come with the cost that it is solved for, got {CommandLine.Shown(FreeName)} alone. Add --macs 5G.");
        return Macs is null ? space : Solved(space, problems);
    }

    private SearchSpace<WideResNetSpec>? FromFile(List<string> problems)
    {
        string file = Name.Equals(Small, StringComparison.OrdinalIgnoreCase) ? Path.Combine(AppContext.BaseDirectory, "small.json") : Name;
        if (!File.Exists(file))
        {
            problems.Add($"--space must be one of {Names}, or a JSON file, got {CommandLine.Shown(Name)}, which is none of them.");
            return null;
        }
        try
        {
            return SpaceFile.Read(file).ToSpace();
        }
        catch (InvalidDescriptionException e)
        {
            problems.AddRange(e.Problems.Select(problem => $"--space {Name}: {problem}"));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"--space: {e.Message}");
        }
        return null;
    }

    private SearchSpace<WideResNetSpec>? Solved(SearchSpace<WideResNetSpec>? space, List<string> problems)
    {
        int before = problems.Count;
        string[] parts = Macs!.Split(':');
        double tolerance = DefaultTolerance;
        double target = 0;
        if (parts.Length > 2 || !Amount.TryParse(parts[0], out target)
            || (parts.Length == 2 && !Amount.TryParse(parts[1], out tolerance)))
        {
            problems.Add($"--macs must be TARGET or TARGET:TOLERANCE, got {CommandLine.Shown(Macs)}. "
                + "Write --macs 5G:0.01 for 5e9 within 1 %.");
        }
        FreeInteger<WideResNetSpec>? free = Free(space?.Base.Stages.Count ?? int.MaxValue);
        if (free is null)
        {
            problems.Add("--free must be stages[i].width or stages[i].depth of a stage that there is, stages.width or stages.depth, "
                + $"got {CommandLine.Shown(FreeName!)}. Write --free {DefaultFree}.");
        }
        if (space?.Constraint is { } own)
        {
            problems.Add("--macs must be left out where the space has a constraint of its own, "
                + $"got {CommandLine.Shown(Macs)} beside {own}. Change it in {Name}.");
        }
        return space is null || free is null || problems.Count > before ? null : space.AtMultiplyAdds(target, tolerance, free);
    }

    private FreeInteger<WideResNetSpec>? Free(int stages)
    {
        if (Target().Match(FreeName ?? DefaultFree) is not { Success: true } match)
            return null;
        bool width = match.Groups[3].Value == "width";
        if (!match.Groups[2].Success)
            return width ? RobustWrn.Search.Free.Widths() : RobustWrn.Search.Free.Depths();
        bool fromEnd = match.Groups[1].Value == "^";
        if (!int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || number < (fromEnd ? 1 : 0) || number > (fromEnd ? stages : stages - 1))
            return null;
        Index stage = new(number, fromEnd);
        return width ? RobustWrn.Search.Free.Width(stage) : RobustWrn.Search.Free.Depth(stage);
    }

    [GeneratedRegex(@"^stages(?:\[(\^?)(\d+)\])?\.(width|depth)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Target();
}
