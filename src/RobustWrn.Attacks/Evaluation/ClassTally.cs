using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The accuracy on the images of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Clean">Images that are right unchanged.</param>
/// <param name="Robust">Images that are right after every attack.</param>
public sealed record ClassTally(int Label, string Name, Proportion Clean, Proportion Robust)
{
    /// <summary>The class and its accuracies.</summary>
    public override string ToString() => $"{Name}: robust {Robust}, clean {Clean}";
}
