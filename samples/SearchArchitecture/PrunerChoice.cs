using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>Who ends trainings on their way: <c>--pruner schedule-aware-halving</c>.</summary>
internal sealed record PrunerChoice(string? Name)
{
    /// <summary>All names as a text for people.</summary>
    public static string Names { get; } = string.Join(", ", DescriptionTypes.Implementing(typeof(IPruner)).Keys);

    /// <summary>The pruner; null where none was asked for, or what is wrong.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    public IPruner? Open(List<string> problems)
    {
        if (Name is null)
            return null;
        if (DescriptionTypes.Implementing(typeof(IPruner)).TryGetValue(Name.ToLowerInvariant(), out Type? type))
            return (IPruner)Activator.CreateInstance(type)!;
        problems.Add($"--pruner must be one of {Names}, got {CommandLine.Shown(Name)}.");
        return null;
    }
}
