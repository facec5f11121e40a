using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Search spaces that the literature on robust architectures uses, by name.</summary>
public static class ReadyMadeSpaces
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ReadyMadeSpace> All { get; } =
        [HuangGrids.Depths, HuangGrids.Widths, NaresGrid.Space, LuGrids.Depths, LuGrids.Widths, RobustWideResNets.Space];

    /// <summary>All names as a text for people: <c>huang-depths, huang-widths, ...</c>.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(space => space.Name));

    /// <summary>The space of a name, whatever its case; null where there is none.</summary>
    /// <param name="name">The name.</param>
    public static ReadyMadeSpace? Find(string name) =>
        All.FirstOrDefault(space => string.Equals(space.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The space of a name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static SearchSpace<WideResNetSpec> Get(string name) => Find(name)?.Space
        ?? throw new ArgumentException($"space must be one of {Names}, got \"{Excerpt.Of(name)}\".", nameof(name));
}
