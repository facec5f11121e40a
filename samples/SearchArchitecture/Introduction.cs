using RobustWrn;
using RobustWrn.Core;

namespace SearchArchitecture;

/// <summary>The plan of a search, in a few lines.</summary>
internal static class Introduction
{
    public static IEnumerable<string> Lines(Setup setup)
    {
        RobustExperiment experiment = setup.Experiment;
        TrainingSplits data = experiment.Data.Training;
        string goals = string.Join(" and ", experiment.Goals.Select(goal => goal.Objective));
        yield return $"Search over {setup.Choices.Space.Name} by {setup.Choices.Sampler.Name.ToLowerInvariant()}"
            + $"{(setup.Choices.Pruner.Name is { } pruner ? $" and {pruner.ToLowerInvariant()}" : "")}: {goals}"
            + $"{string.Concat(experiment.Limits.Select(limit => $", {limit}"))}.";
        yield return $"{(setup.Choices.Synthetic ? "Synthetic images" : setup.Choices.Data)}: "
            + $"{Quantity.Of(data.Train.Count, "image")} to train on, {data.Validation.Count} to select on, "
            + $"{experiment.Data.Test.Count} to test on. {Quantity.Of(experiment.Budget.MaxTrials, "trial")} and "
            + $"{Quantity.Of(experiment.Baselines.Count, "baseline")} are trained by {experiment.Objective.Name} "
            + $"for {Quantity.Of(experiment.Recipe.Epochs, "epoch")} under {experiment.Threat}, seed {experiment.Seed}.";
        if (setup.Choices.Space is { Macs: { } macs } space)
        {
            yield return $"All networks take about {macs.Split(':')[0]} multiply-adds: {space.FreeName ?? SpaceChoice.DefaultFree} "
                + "is solved for, whatever the space varies of it.";
        }
        if (setup.Published is { TakesExtra: true } published)
            yield return $"Note: {published.Name} is made for extra images; without them it is another training.";
        yield return "";
    }
}
