using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A search space of the literature, or one that stands for it.</summary>
/// <param name="Name">Its short name.</param>
/// <param name="Space">The space, for 32 x 32 colour images of 10 classes.</param>
/// <param name="Source">The paper or code that its values come from, and what is this library's own.</param>
public sealed record ReadyMadeSpace(string Name, SearchSpace<WideResNetSpec> Space, string Source)
{
    /// <summary>Name and source.</summary>
    public override string ToString() => $"{Name} ({Source})";
}
