using RobustWrn;
using RobustWrn.Core;

namespace QuickStart;

/// <summary>What is going to happen, in a few lines.</summary>
internal static class Introduction
{
    public static IEnumerable<string> Lines(Choices choices, RobustExperiment experiment)
    {
        TrainingSplits data = experiment.Data.Training;
        yield return $"Robust architecture search on {(choices.Synthetic ? "synthetic images" : choices.Data)}: {data.Train.Count} images to train on, {data.Validation.Count} to select on, {experiment.Data.Test.Count} to test on.";
        yield return $"{experiment.Budget.MaximalTrials} candidates and the unmodified network are trained by {experiment.Objective.Name} for {experiment.Recipe.Epochs} epochs under {experiment.Threat}, seed {experiment.Seed}.";
        yield return $"They are ranked by {experiment.Recipe.ValidationAttackFor(experiment.Threat).Name} on validation; the Pareto front and the unmodified network are then attacked on test by {string.Join(" and ", experiment.Suite.Attacks.Select(attack => attack.Name))}.";
        yield return "";
    }
}
