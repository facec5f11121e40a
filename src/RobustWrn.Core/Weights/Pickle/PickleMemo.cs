namespace RobustWrn.Core;

/// <summary>Values of a pickle by number, mostly 0, 1, 2, ...</summary>
internal sealed class PickleMemo(PositionedFile file)
{
    private const int EntryBytes = 64;

    private readonly ChunkedList<object?> _dense = new();
    private readonly Dictionary<long, object?> _sparse = [];

    /// <summary>The number of the next value that is given none.</summary>
    public long Next => _dense.Count + _sparse.Count;

    public void Put(long index, object? value)
    {
        if (index < _dense.Count)
            _dense[(int)index] = value;
        else if (index == _dense.Count && !_sparse.ContainsKey(index))
            _dense.Add(value);
        else
        {
            file.Gate.Value(EntryBytes);
            _sparse[index] = value;
        }
    }

    public object? Get(long index) =>
        index >= 0 && index < _dense.Count ? _dense[(int)index]
        : _sparse.TryGetValue(index, out object? value) ? value
        : throw file.Damaged($"its pickle asks for value {index} of its memo, which is not there");
}
