using RobustWrn;
using RobustWrn.Core;

namespace QuickStart;

/// <summary>What is going to happen, in a few lines.</summary>
internal static class Introduction
{
    public static IEnumerable<string> Lines(Choices choices, RobustExperiment experiment)
    {
        TrainingSplits data = experiment.Data.Training;
        string baseline = Quantity.Of(experiment.Baselines.Count, "baseline");
        yield return $"Robust architecture search on {(choices.Synthetic ? "synthetic images" : choices.Data)}: "
            + $"{Quantity.Of(data.Train.Count, "image")} to train on, "
            + $"{data.Validation.Count} to select on, {experiment.Data.Test.Count} to test on.";
        yield return $"{Quantity.Of(experiment.Budget.MaxTrials, "trial")} and {baseline}, the unmodified network, "
            + $"are trained by {experiment.Objective.Name} "
            + $"for {Quantity.Of(experiment.Recipe.Epochs, "epoch")} under {experiment.Threat}, seed {experiment.Seed}.";
        yield return $"They are ranked by {experiment.Recipe.ValidationAttackFor(experiment.Threat).Name} on validation; "
            + $"the Pareto front and the {(experiment.Baselines.Count == 1 ? "baseline" : "baselines")} "
            + $"are then attacked on test by {string.Join(" and ", experiment.Suite.Attacks.Select(attack => attack.Name))}.";
        yield return "";
    }
}
