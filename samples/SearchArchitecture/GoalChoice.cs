using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>The goals of a search: <c>--objective robust --objective macs</c>, and <c>--require clean:60%:1%</c>.</summary>
internal sealed record GoalChoice(IReadOnlyList<string> Objectives, IReadOnlyList<string> Requirements)
{
    // Beside the names in files.
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["robust"] = RobustAccuracy.TypeName,
        ["clean"] = CleanAccuracy.TypeName,
        ["worst-class"] = WorstClassAccuracy.TypeName,
        ["macs"] = MultiplyAddCount.TypeName,
        ["parameters"] = ParameterCount.TypeName,
        ["time"] = TrainingTime.TypeName,
    };

    /// <summary>All names as a text for people.</summary>
    public static string Names { get; } = string.Join(", ", DescriptionTypes.Implementing(typeof(ISearchObjective)).Keys
        .Select(name => ShortNames.FirstOrDefault(known => known.Value == name).Key is { } shorter ? $"{shorter} (or {name})" : name));

    /// <summary>The objectives; those by default where none is named.</summary>
    /// <param name="oneCost">True where all networks cost the same, so that cost is nothing to look for.</param>
    /// <param name="problems">Takes what is wrong.</param>
    public ISearchObjective[] Goals(bool oneCost, List<string> problems)
    {
        string[] names = [.. Objectives.SelectMany(name => name.Split(',', StringSplitOptions.TrimEntries))
            .DefaultIfEmpty("robust").Concat(Objectives.Count > 0 ? [] : [oneCost ? "clean" : "macs"])];
        ISearchObjective[] goals = [.. names.Select(name => Find(name, "--objective", problems)).OfType<ISearchObjective>()];
        problems.AddRange(goals.GroupBy(goal => goal).Where(same => same.Count() > 1)
            .Select(same => $"--objective must be different each time, got \"{same.Key.Objective.Name}\" {same.Count()} times."));
        return goals;
    }

    /// <summary>The limits.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    public SearchLimit[] Limits(List<string> problems)
    {
        SearchLimit[] limits = [.. Requirements.Select(text => Limit(text, problems)).OfType<SearchLimit>()];
        problems.AddRange(limits.GroupBy(limit => limit.Measured).Where(same => same.Count() > 1)
            .Select(same => $"--require must limit a number once, got {same.Count()} limits of \"{same.Key.Objective.Name}\"."));
        return limits;
    }

    private static SearchLimit? Limit(string text, List<string> problems)
    {
        string[] parts = text.Split(':');
        double limit = 0, tolerance = 0;
        if (parts.Length is < 2 or > 3 || !Amount.TryParse(parts[1], out limit)
            || (parts.Length == 3 && (!Amount.TryParse(parts[2], out tolerance) || tolerance < 0)))
        {
            problems.Add($"--require must be NAME:LIMIT or NAME:LIMIT:TOLERANCE, got {CommandLine.Shown(text)}. "
                + "Write --require clean:60%:1%, or --require macs:5G.");
            return null;
        }
        ISearchObjective? measured = Find(parts[0], "--require", problems);
        if (measured?.Objective.Kind == ObjectiveKind.Share && limit is < 0 or > 1)
        {
            problems.Add($"--require {parts[0]} must have a limit in [0, 1], or in percent, got {CommandLine.Shown(parts[1])}.");
            return null;
        }
        return measured is null ? null : new SearchLimit(measured, limit, tolerance);
    }

    private static ISearchObjective? Find(string name, string option, List<string> problems)
    {
        string known = ShortNames.GetValueOrDefault(name, name.ToLowerInvariant());
        if (DescriptionTypes.Implementing(typeof(ISearchObjective)).TryGetValue(known, out Type? type))
            return (ISearchObjective)Activator.CreateInstance(type)!;
        problems.Add($"{option} must name one of {Names}, got {CommandLine.Shown(name)}.");
        return null;
    }
}
