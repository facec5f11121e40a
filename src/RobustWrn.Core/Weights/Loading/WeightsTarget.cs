using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>What weights are loaded into: a network, and what is known of it.</summary>
internal sealed record WeightsTarget(nn.Module Network, Classifier? Classifier, INetworkSpec? Spec)
{
    /// <summary>A module; of a classifier, its network.</summary>
    public static WeightsTarget Of(nn.Module module) => module switch
    {
        Classifier classifier => new(classifier.Network, classifier, classifier.Spec),
        WideResNet network => new(network, null, network.Spec),
        ResNet network => new(network, null, network.Spec),
        _ => new(module, null, null),
    };
}
