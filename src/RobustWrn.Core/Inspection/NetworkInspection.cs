namespace RobustWrn.Core;

/// <summary>Looks at a network before it is built. Nothing here needs libtorch.</summary>
public static class NetworkInspection
{
    /// <summary>What each part of a network is and costs. Printed, it is a table.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32.</param>
    /// <exception cref="InvalidDescriptionException">The spec has problems.</exception>
    public static NetworkDescription Describe(this INetworkSpec spec, int height = 32, int width = 32)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return new NetworkDescription(spec.Name, spec.InputChannels, spec.Classes, height, width, spec.Cost(height, width));
    }

    /// <summary>A drawing of a network, stage by stage.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32.</param>
    /// <exception cref="InvalidDescriptionException">The spec has problems.</exception>
    public static NetworkDiagram Draw(this INetworkSpec spec, int height = 32, int width = 32) => new(spec.Describe(height, width));
}
