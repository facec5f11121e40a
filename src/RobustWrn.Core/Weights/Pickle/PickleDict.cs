namespace RobustWrn.Core;

/// <summary>A dictionary, in order of insertion; a key that was set twice stands there twice.</summary>
internal sealed class PickleDict
{
    public ChunkedList<KeyValuePair<object?, object?>> Pairs { get; } = new();
}
