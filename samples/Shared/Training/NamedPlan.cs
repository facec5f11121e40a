using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Samples;

/// <summary>Whole trainings as command lines name them: one of the literature, or a JSON file, which runs as it is written.</summary>
internal static class NamedPlan
{
    /// <summary>The training of a name.</summary>
    /// <param name="name">The name, or the file.</param>
    /// <param name="option">What it is, for messages: <c>--recipe</c>.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>Null when something is; and whether it is one of the literature.</returns>
    public static (TrainingPlan? Plan, bool Published) Find(string name, string option, List<string> problems)
    {
        if (PublishedPlans.Find(name) is { } known)
            return (known.Plan, true);
        if (!File.Exists(name))
        {
            problems.Add($"{option} must be one of {PublishedPlans.Names}, or a JSON file, "
                + $"got {CommandLine.Shown(name)}, which is none of them.");
            return default;
        }
        try
        {
            return (DescriptionJson.Read<TrainingPlan>(File.ReadAllText(name), name), false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"{option}: {e.Message}");
            return default;
        }
    }
}
