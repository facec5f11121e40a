using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>Measures of networks, as tables and lines say them.</summary>
internal static class Measured
{
    /// <summary>The numbers that are shown of each network: the accuracies, then what is looked for and limited.</summary>
    /// <param name="experiment">The experiment.</param>
    public static StudyObjective[] Shown(RobustExperiment experiment) =>
    [
        .. new[] { new RobustAccuracy().Objective, new CleanAccuracy().Objective }
            .Concat(experiment.Goals.Select(goal => goal.Objective))
            .Concat(experiment.Limits.Select(limit => limit.Measured.Objective))
            .DistinctBy(objective => objective.Name),
    ];

    /// <summary>The value of a network; null where it was not measured.</summary>
    public static double? Of(NetworkResult network, StudyObjective objective) =>
        network.Measures.FirstOrDefault(measure => measure.Name == objective.Name)?.Value;

    /// <summary>A bare number of few characters: shares in percent.</summary>
    public static string Text(StudyObjective objective, double value) =>
        objective.Kind == ObjectiveKind.Share ? $"{100 * value:0.0}"
        : Math.Abs(value) >= 1_000 ? Quantity.Short(value) : $"{value:0.##}";

    /// <summary>The same, with its interval where it has one; empty where it was not measured.</summary>
    public static string Long(NetworkResult network, StudyObjective objective) =>
        network.Measures.FirstOrDefault(measure => measure.Name == objective.Name) is not { } measure ? ""
        : measure.Share is { } share ? $"{share}" : Text(objective, measure.Value);

    /// <summary>The name of few characters: <c>robust</c>, <c>MACs</c>.</summary>
    public static string Name(StudyObjective objective) => objective.Name.Replace(" accuracy", "", StringComparison.Ordinal);
}
