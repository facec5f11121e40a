namespace RobustWrn.Core;

/// <summary>A network of the literature.</summary>
/// <param name="Name">Its published name.</param>
/// <param name="Spec">What it is, for 32 x 32 colour images of 10 classes.</param>
/// <param name="Source">The paper or code its definition comes from.</param>
public sealed record NetworkPreset(string Name, INetworkSpec Spec, string Source)
{
    /// <summary>Name and source.</summary>
    public override string ToString() => $"{Name} ({Source})";
}
