using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Tensors by name, in order, with texts beside them: the content of a weights file. Owns the tensors.</summary>
/// <param name="tensors">The tensors; owned from here on.</param>
/// <param name="metadata">The texts.</param>
public sealed class NamedTensors(OrderedDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) : IDisposable
{
    /// <summary>The texts stored beside the tensors.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata ?? new Dictionary<string, string>();

    /// <summary>The names, in the file's order.</summary>
    public IEnumerable<string> Names => tensors.Keys;

    /// <summary>The pairs, in the file's order.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Pairs => tensors;

    /// <summary>A tensor by name; it stays owned by this object.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public Tensor this[string name] => tensors.TryGetValue(name, out Tensor? tensor)
        ? tensor
        : throw new KeyNotFoundException($"there is no tensor \"{name}\"; there are {string.Join(", ", tensors.Keys.Take(20))}.");

    /// <summary>Whether there is a tensor of a name, and which; it stays owned by this object.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Tensor? tensor) => tensors.TryGetValue(name, out tensor);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in tensors.Values)
            tensor.Dispose();
    }
}
