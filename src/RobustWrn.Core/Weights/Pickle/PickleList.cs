namespace RobustWrn.Core;

/// <summary>A list or a set.</summary>
internal sealed class PickleList
{
    public ChunkedList<object?> Items { get; } = new();
}

/// <summary>A tuple.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items => items;
}
