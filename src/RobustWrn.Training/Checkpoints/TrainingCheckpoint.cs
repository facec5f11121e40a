using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The state of a training after an epoch, one safetensors file: weights and buffers (<c>model.*</c>), what the optimiser remembers (<c>optimizer.*</c>),
/// the best weights where they are not these (<c>best.*</c>), and in the header the metrics, the identity of the run and a hash over all of it.
/// Owns its tensors.
/// </summary>
internal sealed class TrainingCheckpoint : IDisposable
{
    private const int Version = 1;
    private const string DocumentKey = "robustwrn.checkpoint", HashKey = "robustwrn.sha256";
    private const string ModelPrefix = "model.", OptimizerPrefix = "optimizer.", BestPrefix = "best.";

    private readonly NamedTensors _tensors;

    private TrainingCheckpoint(NamedTensors tensors, RunIdentity identity, string environment, ValueList<EpochMetrics> epochs, int best) =>
        (_tensors, Identity, Environment, Epochs, Best) = (tensors, identity, environment, epochs, best);

    public RunIdentity Identity { get; }

    public string Environment { get; }

    public ValueList<EpochMetrics> Epochs { get; }

    /// <summary>The index of the best epoch, from 0.</summary>
    public int Best { get; }

    public static void Write(
        string path, RunIdentity identity, string environment, ValueList<EpochMetrics> epochs, int best,
        IEnumerable<KeyValuePair<string, Tensor>> weights, IEnumerable<KeyValuePair<string, Tensor>> optimizer, IEnumerable<KeyValuePair<string, Tensor>> bestWeights)
    {
        JsonObject document = new()
        {
            ["version"] = Version,
            ["identity"] = identity.Document.DeepClone(),
            ["environment"] = environment,
            ["best"] = best,
            ["epochs"] = JsonSerializer.SerializeToNode(epochs, DescriptionJson.Options),
        };
        KeyValuePair<string, Tensor>[] tensors =
        [
            .. Prefixed(ModelPrefix, weights),
            .. Prefixed(OptimizerPrefix, optimizer),
            .. best == epochs.Count - 1 ? [] : Prefixed(BestPrefix, bestWeights),
        ];
        string text = document.ToJsonString();
        Safetensors.Write(path, tensors, new Dictionary<string, string> { [DocumentKey] = text, [HashKey] = TensorHash.Of(tensors, text) });
    }

    /// <summary>Reads and verifies a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="CheckpointRefusedException">It was written by a newer version.</exception>
    public static TrainingCheckpoint Read(string path)
    {
        NamedTensors tensors = Safetensors.Read(path);
        try
        {
            if (!tensors.Metadata.TryGetValue(DocumentKey, out string? text) || !tensors.Metadata.TryGetValue(HashKey, out string? hash))
                throw new InvalidDataException($"{path} is not a training checkpoint: its header has no {DocumentKey}.");
            JsonObject document = JsonNode.Parse(text)!.AsObject();
            if ((int?)document["version"] is not { } version || version > Version)
                throw new CheckpointRefusedException($"{path} has version {document["version"]}; this library reads version {Version}. Go on with the library that wrote it, or choose another folder.");
            if (TensorHash.Of(tensors.Pairs, text) != hash)
                throw new InvalidDataException($"{path} is damaged: its content does not have the hash in its header.");
            return new TrainingCheckpoint(
                tensors, new RunIdentity(document["identity"]!.AsObject()), (string)document["environment"]!,
                document["epochs"].Deserialize<ValueList<EpochMetrics>>(DescriptionJson.Options)!, (int)document["best"]!);
        }
        catch (Exception e)
        {
            tensors.Dispose();
            if (e is JsonException or NullReferenceException or FormatException)
                throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
            throw;
        }
    }

    /// <summary>Gives network, optimiser and the copy of the best weights the state they had.</summary>
    public void CopyTo(nn.Module network, RunningOptimizer optimizer, WeightSnapshot best)
    {
        // Views into this checkpoint's tensors: the objects made here must not dispose them.
        bool separate = Best != Epochs.Count - 1;
        NetworkWeights.Load(network, Section(separate ? BestPrefix : ModelPrefix), "the checkpoint's best weights");
        best.CopyFrom(network);
        if (separate)
            NetworkWeights.Load(network, Section(ModelPrefix), "the checkpoint's weights");
        optimizer.Restore(Section(OptimizerPrefix));
    }

    public void Dispose() => _tensors.Dispose();

    private NamedTensors Section(string prefix)
    {
        OrderedDictionary<string, Tensor> section = [];
        foreach ((string name, Tensor tensor) in _tensors.Pairs)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                section.Add(name[prefix.Length..], tensor);
        }
        return new NamedTensors(section);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Prefixed(string prefix, IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        tensors.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value));
}
