using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Weights of networks: checked copying, and files that carry the spec with them.</summary>
public static class NetworkWeights
{
    /// <summary>The text beside weights that holds the spec of their network, as <see cref="DescriptionJson"/> writes it.</summary>
    public const string SpecKey = "robustwrn.spec";

    private static readonly string[] PyTorchEndings = [".pth", ".pt", ".pth.tar"];

    /// <summary>
    /// Copies named tensors into a module. Nothing is copied unless every name and shape fits; all that does not is listed at once.
    /// </summary>
    /// <param name="module">The module; its dtype and device stay.</param>
    /// <param name="tensors">The weights, by state-dict name; not changed, not disposed.</param>
    /// <param name="source">Where they came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Names are missing or unexpected, or shapes differ.</exception>
    public static void Load(nn.Module module, NamedTensors tensors, string source = "the weights")
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(tensors);
        CheckedLoading.Exactly(module, InMemory(tensors), source);
    }

    /// <summary>
    /// Copies named tensors into a module after taking off prefixes (<c>module.</c>, <c>model.</c>, <c>_orig_mod.</c>) and translating
    /// names of other people's code (<see cref="IKeyMap"/>). Nothing is copied unless all fits but what the caller skips;
    /// all that does not is listed at once.
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
        StoredWeights stored = new(InMemory(tensors)) { Spec = StoredSpec.Known(tensors.Metadata) };
        return CheckedLoading.Recognised(module, stored, options, new WeightsReport { Source = source }, reason =>
            new InvalidDataException($"{source} {reason}"));
    }

    /// <summary>
    /// Loads a file (safetensors, or PyTorch's <c>.pth</c>) into a classifier's network, under whichever names are recognised.
    /// The values are read straight into the network; a network of the file's dtype on the CPU needs no further memory.
    /// </summary>
    /// <remarks>
    /// A normalisation of pixels that the file says, by constants beside the weights or by its spec, is given to a classifier that has none
    /// (<see cref="Classifier.Normalization"/> and <see cref="Classifier.Spec"/> change) and must be that of a classifier that has one. A
    /// file whose code certainly computes otherwise than the spec is refused (<see cref="IKeyMap.Differences"/>); what is only likely
    /// stands in <see cref="WeightsReport.Warnings"/>.
    /// </remarks>
    /// <param name="classifier">The classifier; dtype and device of its network stay.</param>
    /// <param name="path">The file; its content tells its format.</param>
    /// <param name="options">Which of its weights, whose names, and what to skip; null for what the file itself suggests.</param>
    /// <returns>What was taken, which names were found, and what was left out.</returns>
    /// <exception cref="WeightsFileException">
    /// The file is damaged, or holds no such weights, or they do not fit the network. Nothing was loaded.
    /// </exception>
    public static WeightsReport Load(Classifier classifier, string path, WeightsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        return Load((nn.Module)classifier, path, options);
    }

    /// <summary>
    /// Loads a file into any module, as <see cref="Load(Classifier, string, WeightsOptions)"/> does. A module other than a
    /// <see cref="Classifier"/> cannot take on a normalisation of pixels: constants of one are refused unless they are skipped.
    /// </summary>
    /// <param name="module">The module; its dtype and device stay.</param>
    /// <param name="path">The file; its content tells its format.</param>
    /// <param name="options">Which of its weights, whose names, and what to skip; null for what the file itself suggests.</param>
    /// <returns>What was taken, which names were found, and what was left out.</returns>
    /// <exception cref="WeightsFileException">
    /// The file is damaged, or holds no such weights, or they do not fit the module. Nothing was loaded.
    /// </exception>
    public static WeightsReport Load(nn.Module module, string path, WeightsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        using WeightsFile file = WeightsFile.Open(path);
        return Load(module, file, options ?? new WeightsOptions());
    }

    /// <summary>
    /// Writes a classifier's weights with its spec (and so its normalisation) and the hash of all of it
    /// (<see cref="WeightsFile.StoredHash"/>) beside them; atomically. A <c>.pth</c>, <c>.pt</c> or <c>.pth.tar</c> file is written for
    /// PyTorch, any other as safetensors.
    /// </summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="path">Where.</param>
    /// <param name="names">Under whose names; null for this library's, which are those of Huang et al. 2021.</param>
    public static void Save(Classifier classifier, string path, IKeyMap? names = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        ArgumentNullException.ThrowIfNull(path);
        names?.ThrowIfInvalid();
        using DisposeScope scope = NewDisposeScope();
        KeyValuePair<string, Tensor>[] tensors = [.. classifier.Network.state_dict().Select(pair =>
            names is null ? pair : KeyValuePair.Create(names.ToForeign(pair.Key), pair.Value.detach().reshape(names.ForeignShape(pair.Key, pair.Value.shape))))];
        // A classifier may have been given another normalisation than its spec says.
        INetworkSpec spec = Equals(classifier.Spec.Normalization, classifier.Normalization)
            ? classifier.Spec
            : classifier.Spec.WithNormalization(classifier.Normalization) ?? classifier.Spec;
        Dictionary<string, string> metadata = new() { [SpecKey] = DescriptionJson.Write(spec) };
        if (PyTorchEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            PyTorchFile.Write(path, tensors, ContentHash.Sealed(tensors, metadata));
        else
            Safetensors.Write(path, tensors, metadata);
    }

    /// <summary>Builds the network a file was written from, with its normalisation, and loads the weights.</summary>
    /// <param name="path">A file written by <see cref="Save"/>.</param>
    /// <param name="device">Where the weights go; null is the CPU.</param>
    /// <returns>The classifier, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">The file is damaged, has no spec, or does not fit it.</exception>
    /// <exception cref="InvalidDescriptionException">There is no such device here.</exception>
    public static Classifier Open(string path, Device? device = null) => Open(path, out _, null, device);

    /// <summary>Builds the network a file was written from, with its normalisation, loads the weights and reports.</summary>
    /// <param name="path">A file written by <see cref="Save"/>.</param>
    /// <param name="report">What was taken, and what was left out.</param>
    /// <param name="options">Which of its weights; null for what the file itself suggests.</param>
    /// <param name="device">Where the weights go; null is the CPU.</param>
    /// <returns>The classifier, in evaluation mode. The caller disposes it.</returns>
    /// <exception cref="WeightsFileException">The file is damaged, has no spec, or does not fit it.</exception>
    /// <exception cref="InvalidDescriptionException">There is no such device here.</exception>
    public static Classifier Open(string path, out WeightsReport report, WeightsOptions? options = null, Device? device = null)
    {
        TorchRuntime.DeviceProblems(device).ThrowIfAny(nameof(NetworkWeights));
        using WeightsFile file = WeightsFile.Open(path);
        file.Verify();
        if (!file.Metadata.TryGetValue(SpecKey, out string? json))
            throw new WeightsFileException(path, "carries no spec: build the network from its spec and load the file into it with NetworkWeights.Load.");
        Classifier classifier = StoredSpec.Read(json, file, options?.Entry).Build(0, device);
        try
        {
            report = Load(classifier, file, options ?? new WeightsOptions());
            classifier.eval();
            return classifier;
        }
        catch
        {
            classifier.Dispose();
            throw;
        }
    }

    internal static WeightsReport Load(nn.Module module, WeightsFile file, WeightsOptions options)
    {
        options.ThrowIfInvalid();
        file.Verify();
        EntryContent content = file.Stored(options.Entry);
        WeightsReport report = new()
        {
            Source = file.Path,
            Entry = content.Path,
            OtherEntries = file.Entries.Where(other => other != content.Path && other.Length > 0).ToValueList()
        };
        StoredWeights stored = new(content.Tensors)
        {
            Objects = content.Objects,
            Beside = [.. content.Beside.Where(PixelConstants.IsOne)],
            Spec = StoredSpec.Known(file.Metadata),
        };
        return CheckedLoading.Recognised(module, stored, options, report, reason => new WeightsFileException(file.Path, reason));
    }

    private static MemoryTensor[] InMemory(NamedTensors tensors) => [.. tensors.Pairs.Select(pair => new MemoryTensor(pair.Key, pair.Value))];
}
