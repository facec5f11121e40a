namespace RobustWrn.Core;

/// <summary>What a file or the caller gives to a network, unread.</summary>
/// <param name="Tensors">The tensors.</param>
internal sealed record StoredWeights(IReadOnlyList<StoredTensor> Tensors)
{
    /// <summary>What stands among them and is no tensor that can be read, in words: no harm unless the network needs it.</summary>
    public IReadOnlyDictionary<string, string> Objects { get; init; } = new Dictionary<string, string>();

    /// <summary>Constants of a normalisation that stand in the checkpoint beside the entry.</summary>
    public IReadOnlyList<StoredTensor> Beside { get; init; } = [];

    /// <summary>The spec that the file carries, where it can be read.</summary>
    public INetworkSpec? Spec { get; init; }
}
