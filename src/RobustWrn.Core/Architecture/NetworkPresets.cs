namespace RobustWrn.Core;

/// <summary>The networks that the literature on robust architectures uses, by name.</summary>
public static class NetworkPresets
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<NetworkPreset> All { get; } = [.. WideResNetPresets.All, .. BaselinePresets.All];

    /// <summary>The preset of a name, whatever its case; null where there is none.</summary>
    public static NetworkPreset? Find(string name) => All.FirstOrDefault(preset => string.Equals(preset.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The network of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static INetworkSpec Get(string name) => Find(name)?.Spec
        ?? throw new ArgumentException($"preset must be one of {string.Join(", ", All.Select(preset => preset.Name))}, got \"{name}\".", nameof(name));
}
