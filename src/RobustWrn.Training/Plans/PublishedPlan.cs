using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>A training of the literature, with the numbers that it came to.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Plan">The training.</param>
/// <param name="Network">The network that the numbers were found with.</param>
/// <param name="Source">The paper and code that its settings come from, and what they do otherwise than the plan.</param>
/// <param name="ExtraImages">
/// The images that make up <see cref="TrainingRecipe.ExtraShare"/> of each batch; null where there are none but the data set's own.
/// </param>
/// <param name="Expected">
/// The accuracies that its authors came to on all CIFAR-10 test images under AutoAttack, Linf 8/255, and who says so.
/// </param>
public sealed record PublishedPlan(
    string Name, TrainingPlan Plan, INetworkSpec Network, string Source, string? ExtraImages, string Expected)
{
    /// <summary>Other names that lead to it: those of its authors, or of earlier versions. Default: none.</summary>
    public ValueList<string> Aliases { get; init; } = [];

    /// <summary>True where it takes extra images: without them it is another training.</summary>
    public bool TakesExtra => ExtraImages is not null;

    /// <summary>Name, network and what its authors came to.</summary>
    public override string ToString() => $"{Name}: {Network.Name}, {Expected}";
}
