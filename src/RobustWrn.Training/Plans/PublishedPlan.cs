namespace RobustWrn.Training;

/// <summary>A training of the literature.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Plan">What it is.</param>
/// <param name="Source">The paper or code its numbers come from, and what it does beyond the plan: images, network.</param>
/// <param name="TakesExtra">Whether extra images make up <see cref="TrainingRecipe.ExtraShare"/> of each batch; without them it is another training.</param>
/// <param name="Expected">What its authors came to, on all CIFAR-10 test images under AutoAttack.</param>
public sealed record PublishedPlan(string Name, TrainingPlan Plan, string Source, bool TakesExtra, string Expected);
