using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Weights of networks: checked copying, and files that carry the spec with them.</summary>
public static class NetworkWeights
{
    private const string SpecKey = "robustwrn.spec";

    /// <summary>Copies named tensors into a module. Nothing is copied unless every name and shape fits; all that does not is listed at once.</summary>
    /// <param name="module">The module; its dtype and device stay.</param>
    /// <param name="tensors">The weights, by state-dict name; not changed, not disposed.</param>
    /// <param name="source">Where they came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Names are missing or unexpected, or shapes differ.</exception>
    public static void Load(nn.Module module, NamedTensors tensors, string source = "the weights")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        CheckedLoading.Exactly(module, Stored(tensors), source);
    }

    /// <summary>
    /// Copies named tensors into a module after taking off prefixes (<c>module.</c>, <c>model.</c>, <c>_orig_mod.</c>) and translating names of other people's
    /// code (<see cref="IKeyMap"/>). Nothing is copied unless all fits but what the caller skips; all that does not is listed at once.
    /// </summary>
    /// <param name="module">The module; its dtype and device stay.</param>
    /// <param name="tensors">The weights, by state-dict name; not changed, not disposed.</param>
    /// <param name="options">Whose names, and what to skip; <see cref="WeightsOptions.Entry"/> is not used.</param>
    /// <param name="source">Where they came from, for the report and error messages.</param>
    /// <returns>Which names were found, and what was left out.</returns>
    /// <exception cref="InvalidDataException">Names are missing or unexpected, or shapes differ.</exception>
    public static WeightsReport Load(nn.Module module, NamedTensors tensors, WeightsOptions options, string source = "the weights")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(options);
        return CheckedLoading.Recognised(module, Stored(tensors), options, new WeightsReport { Source = source });
    }

    /// <summary>Loads a file into a classifier's network, under whichever names are recognised.</summary>
    /// <param name="classifier">The classifier; dtype and device of its network stay.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">Which of its weights, whose names, and what to skip; null for what the file itself suggests.</param>
    /// <returns>Which names were found, and what was left out.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the network.</exception>
    public static WeightsReport Load(Classifier classifier, string path, WeightsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        using NamedTensors tensors = Safetensors.Read(path);
        return Load(classifier.Network, tensors, options ?? new WeightsOptions(), path);
    }

    /// <summary>Writes a classifier's weights under the published names, with its spec (and so its normalisation) in the header; atomically.</summary>
    public static void Save(Classifier classifier, string path)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        Safetensors.Write(path, classifier.Network.state_dict(), new Dictionary<string, string> { [SpecKey] = DescriptionJson.Write(classifier.Spec) });
    }

    /// <summary>Builds the network a file was written from, with its normalisation, and loads the weights.</summary>
    /// <param name="path">A file written by <see cref="Save"/>.</param>
    /// <param name="device">Where the weights go; null is the CPU.</param>
    /// <returns>The classifier, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, has no spec, or does not fit it.</exception>
    public static Classifier Open(string path, Device? device = null)
    {
        using NamedTensors tensors = Safetensors.Read(path);
        if (!tensors.Metadata.TryGetValue(SpecKey, out string? json))
            throw new InvalidDataException($"{path} carries no spec: build the network from its spec and load the file into it with NetworkWeights.Load.");
        INetworkSpec spec = DescriptionJson.Read<INetworkSpec>(json, path);
        if (spec.Problems().ToArray() is [Problem first, ..])
            throw new InvalidDataException($"{path} carries a spec that cannot be built: {first}");
        Classifier classifier = spec.Build(0, device);
        try
        {
            Load(classifier.Network, tensors, new WeightsOptions(), path);
            classifier.eval();
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static MemoryTensor[] Stored(NamedTensors tensors) => [.. tensors.Pairs.Select(pair => new MemoryTensor(pair.Key, pair.Value))];
}
