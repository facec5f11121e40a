using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Draws the weights of a network.</summary>
public static class NetworkInitialization
{
    /// <summary>Lets every layer that is <see cref="IDrawnAtRandom"/> draw its weights from a stream of its own, keyed by its name in the network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="stream">The network's stream.</param>
    public static void Draw(nn.Module network, RandomStream stream)
    {
        foreach ((string name, nn.Module module) in network.named_modules())
        {
            if (module is IDrawnAtRandom layer)
                layer.Draw(stream.For(name));
        }
    }
}
