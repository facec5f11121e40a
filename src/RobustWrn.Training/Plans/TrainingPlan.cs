using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// A whole training in one file: what is minimised, how, and against whom. The defaults are TRADES as in Huang et al.
/// 2021 (arXiv 2110.03825).
/// </summary>
public sealed record TrainingPlan : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "training-plan";

    /// <summary>The objective that is minimised. Default: <see cref="Trades"/>.</summary>
    public IRobustObjective Objective { get; init; } = new Trades();

    /// <summary>Optimiser, schedule, batches and epochs. Default: the recipe of Huang et al. 2021.</summary>
    public TrainingRecipe Recipe { get; init; } = new();

    /// <summary>The ball in which images may move. Default: Linf 8/255.</summary>
    public ThreatModel Threat { get; init; } = ThreatModel.Linf(8, outOf: 255);

    /// <summary>A trainer of the plan.</summary>
    public RobustTrainer Trainer() => new(Objective, Recipe);

    /// <summary>The plan for a small machine, as <see cref="TrainingRecipe.ScaledTo"/>.</summary>
    /// <param name="epochs">Epochs, at least 1.</param>
    /// <param name="images">Training images, at least 1.</param>
    public TrainingPlan ScaledTo(int epochs, long images) => this with { Recipe = Recipe.ScaledTo(epochs, images) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Objective.ProblemsAs(nameof(Objective)), .. Recipe.ProblemsAs(nameof(Recipe)), .. Threat.ProblemsAs(nameof(Threat))];
}
