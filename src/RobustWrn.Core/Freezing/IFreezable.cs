namespace RobustWrn.Core;

/// <summary>A network that can make a fast view of itself for attacks. Implement it in networks of your own; those that do not are attacked as they are.</summary>
public interface IFreezable
{
    /// <summary>Makes a view that computes what the network computes now, in evaluation mode.</summary>
    /// <returns>
    /// The view, which the caller disposes and must not use after the weights have changed; null where there is none now: in training mode, or where something looks on
    /// (forward hooks).
    /// </returns>
    FrozenNetwork? Freeze();
}
