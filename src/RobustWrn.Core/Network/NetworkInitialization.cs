using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Draws the weights of a network.</summary>
public static class NetworkInitialization
{
    /// <summary>
    /// Lets every layer that is <see cref="IDrawnAtRandom"/> draw its weights from a stream of its own, keyed by its name in the network.
    /// </summary>
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

    /// <summary>A network of a valid spec, its weights drawn, behind its normalisation.</summary>
    internal static Classifier Classifier(INetworkSpec spec, Func<nn.Module<Tensor, Tensor>> build, Normalization normalization, Seed seed, Device? device)
    {
        spec.ThrowIfInvalid();
        // Four bytes a weight; a spec that is right may be too large for this machine.
        Rule.FitsMemory(4.0 * spec.Cost(spec.SmallestSide, spec.SmallestSide).Parameters, nameof(NetworkCost.Parameters))
            .ThrowIfAny(spec.GetType().Name);
        TorchRuntime.EnsureLoaded();
        TorchRuntime.DeviceProblems(device).ThrowIfAny(spec.GetType().Name);
        nn.Module<Tensor, Tensor> network = build();
        Draw(network, RandomStream.From(seed).For("initialisation"));
        Classifier classifier = new(spec, network, normalization);
        return device is null ? classifier : classifier.to(device);
    }
}
