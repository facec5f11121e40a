using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The costs that files name.</summary>
internal static class FileCosts
{
    public const string MultiplyAdds = "multiply-adds";

    private static readonly Dictionary<string, Func<SpaceFile, double, double, CostTarget>> Known = new(StringComparer.Ordinal)
    {
        [MultiplyAdds] = (file, amount, tolerance) => CostTarget.MultiplyAdds(amount, tolerance, file.ImageSize, file.ImageSize),
        ["parameters"] = (_, amount, tolerance) => CostTarget.Parameters(amount, tolerance),
        ["memory"] = (file, amount, tolerance) => CostTarget.Memory(amount, tolerance, file.BatchSize, file.ImageSize, file.ImageSize),
    };

    public static IEnumerable<Problem> Problems(string? cost) => Rule.Holds(
        cost is not null && Known.ContainsKey(cost), "Cost",
        $"must be one of {string.Join(", ", Known.Keys)}, got \"{Excerpt.Of(cost)}\".");

    public static CostTarget Of(SpaceFile file, string cost, double amount = 1, double tolerance = 0) =>
        Known[cost](file, amount, tolerance);
}
