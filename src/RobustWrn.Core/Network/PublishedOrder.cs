using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The order of PyTorch's state dicts: layer by layer, where TorchSharp puts all parameters first.</summary>
internal static class PublishedOrder
{
    /// <summary>Adds the entries to the destination in that order.</summary>
    /// <param name="entries">As TorchSharp gives them.</param>
    /// <param name="destination">Added to; null makes a new one.</param>
    public static Dictionary<string, Tensor> Of(Dictionary<string, Tensor> entries, Dictionary<string, Tensor>? destination)
    {
        destination ??= [];
        foreach (IGrouping<string, KeyValuePair<string, Tensor>> layer in entries.GroupBy(pair => pair.Key[..pair.Key.LastIndexOf('.')]))
        {
            foreach ((string name, Tensor tensor) in layer)
                destination.TryAdd(name, tensor);
        }
        return destination;
    }
}
