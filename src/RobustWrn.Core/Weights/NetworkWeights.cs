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
        Dictionary<string, Tensor> own = module.state_dict();
        // PyTorch before 0.4.1 stored no batch counter; it does not change what a network computes.
        string[] missing = [.. own.Keys.Where(name => !tensors.TryGet(name, out _) && !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))];
        string[] unexpected = [.. tensors.Names.Where(name => !own.ContainsKey(name))];
        string[] misshaped = [.. own.Where(pair => tensors.TryGet(pair.Key, out Tensor? given) && !given.shape.SequenceEqual(pair.Value.shape))
            .Select(pair => $"{pair.Key}: the network has ({string.Join(", ", pair.Value.shape)}), the file ({string.Join(", ", tensors[pair.Key].shape)})")];
        if (missing.Length + unexpected.Length + misshaped.Length > 0)
        {
            throw new InvalidDataException($"{source} must fit the network; nothing was loaded."
                + Listed("missing", missing) + Listed("unexpected", unexpected) + Listed("of another shape", misshaped)
                + " Check the spec (depths, widths, classes) the weights were trained with.");
        }
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor target) in own)
        {
            if (!tensors.TryGet(name, out Tensor? given))
                continue;
            using Tensor converted = given.to(target.dtype, target.device);
            target.copy_(converted);
        }
    }

    /// <summary>Loads a safetensors file into a classifier's network.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or does not fit the network.</exception>
    public static void Load(Classifier classifier, string path)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        using NamedTensors tensors = Safetensors.Read(path);
        Load(classifier.Network, tensors, path);
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
            Load(classifier.Network, tensors, path);
            classifier.eval();
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    private static string Listed(string what, string[] names) =>
        names.Length == 0 ? "" : $" {names.Length} {what}: {string.Join("; ", names.Take(10))}{(names.Length > 10 ? "; ..." : "")}.";
}
