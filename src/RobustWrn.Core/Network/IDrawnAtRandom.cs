namespace RobustWrn.Core;

/// <summary>A layer whose weights are drawn when its network is built. Implement it in layers of your own.</summary>
public interface IDrawnAtRandom
{
    /// <summary>Fills the weights.</summary>
    /// <param name="stream">A stream that belongs to this layer alone.</param>
    void Draw(RandomStream stream);
}
