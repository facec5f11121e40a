using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The state of a training after an epoch or a step, one safetensors file: sections of tensors, and in the header how far it is,
/// the identity of the run, the environment and a hash over all of it. Owns its tensors.
/// </summary>
/// <remarks>
/// Sections: weights and buffers (<c>model.*</c>), what the optimiser remembers (<c>optimizer.*</c>), the weight average
/// (<c>average.*</c>), the best of both where they are not these (<c>best.*</c>, <c>bestaverage.*</c>), and what an epoch that may begin
/// anew starts from (<c>start.*</c>). Versions 1 and 2, of no release, are not read.
/// </remarks>
internal sealed class TrainingCheckpoint : IDisposable
{
    public const string Model = "model.", Optimizer = "optimizer.", Average = "average.", Best = "best.", BestAverage = "bestaverage.", Start = "start.";

    private const int Version = 3;
    private const string VersionName = "version", IdentityName = "identity", EnvironmentName = "environment";
    private const string DocumentKey = "robustwrn.checkpoint", HashKey = "robustwrn.sha256";

    private readonly string _path;
    private readonly NamedTensors _tensors;

    private TrainingCheckpoint(string path, NamedTensors tensors, RunIdentity identity, string environment, RunPosition position) =>
        (_path, _tensors, Identity, Environment, Position) = (path, tensors, identity, environment, position);

    public RunIdentity Identity { get; }

    public string Environment { get; }

    /// <summary>The hash that tells this checkpoint from all others.</summary>
    public string Hash => _tensors.Metadata[HashKey];

    public RunPosition Position { get; }

    public static void Write(
        string path, RunIdentity identity, string environment, RunPosition position, params ReadOnlySpan<(string Prefix, IEnumerable<KeyValuePair<string, Tensor>> Tensors)> sections)
    {
        JsonObject document = JsonSerializer.SerializeToNode(position, DescriptionJson.Options)!.AsObject();
        document[VersionName] = Version;
        document[IdentityName] = identity.Document.DeepClone();
        document[EnvironmentName] = environment;
        List<KeyValuePair<string, Tensor>> tensors = [];
        foreach ((string prefix, IEnumerable<KeyValuePair<string, Tensor>> section) in sections)
            tensors.AddRange(section.Select(pair => KeyValuePair.Create(prefix + pair.Key, pair.Value)));
        string text = document.ToJsonString();
        Safetensors.Write(path, tensors, new Dictionary<string, string> { [DocumentKey] = text, [HashKey] = TensorHash.Of(tensors, text) });
    }

    /// <summary>Reads and verifies a checkpoint.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    /// <exception cref="CheckpointRefusedException">It was written by another version.</exception>
    public static TrainingCheckpoint Read(string path)
    {
        NamedTensors tensors;
        try
        {
            tensors = Safetensors.Read(path);
        }
        catch (Exception e) when (e is WeightsFileException or EndOfStreamException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }
        try
        {
            if (!tensors.Metadata.TryGetValue(DocumentKey, out string? text) || !tensors.Metadata.TryGetValue(HashKey, out string? hash))
                throw new InvalidDataException($"{path} is not a training checkpoint: its header has no {DocumentKey}.");
            JsonObject document = JsonNode.Parse(text)!.AsObject();
            if (TensorHash.Of(tensors.Pairs, text) != hash)
                throw new InvalidDataException($"{path} is damaged: its content does not have the hash in its header.");
            if ((int?)document[VersionName] != Version)
                throw new CheckpointRefusedException($"{path} has version {document[VersionName]}; this library reads version {Version}. Go on with the library that wrote it, or choose another folder.");
            RunIdentity identity = RunIdentity.Stored(document[IdentityName]!.AsObject());
            string environment = (string)document[EnvironmentName]!;
            foreach (string name in (string[])[VersionName, IdentityName, EnvironmentName])
                document.Remove(name);
            return new TrainingCheckpoint(path, tensors, identity, environment, document.Deserialize<RunPosition>(DescriptionJson.Options)!);
        }
        catch (Exception e)
        {
            tensors.Dispose();
            if (e is JsonException or NullReferenceException or FormatException or InvalidOperationException and not CheckpointRefusedException)
                throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
            throw;
        }
    }

    /// <summary>True where there are tensors of a section.</summary>
    public bool Has(string prefix) => _tensors.Names.Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>The tensors of a section, which stay owned by this checkpoint: the caller must not dispose them.</summary>
    public NamedTensors Section(string prefix)
    {
        OrderedDictionary<string, Tensor> section = [];
        foreach ((string name, Tensor tensor) in _tensors.Pairs)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                section.Add(name[prefix.Length..], tensor);
        }
        return new NamedTensors(section);
    }

    /// <summary>Gives a network the weights of a section.</summary>
    public void CopyTo(nn.Module network, string prefix) => NetworkWeights.Load(network, Section(prefix), $"{_path} ({prefix}*)");

    public void Dispose() => _tensors.Dispose();
}
