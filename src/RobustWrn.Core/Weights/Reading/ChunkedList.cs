namespace RobustWrn.Core;

/// <summary>A list in pieces of at most some thousand items, so that a file of many tiny values never needs one large allocation.</summary>
internal sealed class ChunkedList<T>
{
    private const int First = 4;
    private const int Largest = 4096;

    private T[][] _chunks = [];
    private int _used;
    private int _inLast;

    public int Count { get; private set; }

    public T this[int index]
    {
        get
        {
            (int chunk, int offset) = Place(index);
            return _chunks[chunk][offset];
        }
        set
        {
            (int chunk, int offset) = Place(index);
            _chunks[chunk][offset] = value;
        }
    }

    public void Add(T item)
    {
        if (_used == 0 || _inLast == _chunks[_used - 1].Length)
        {
            if (_used == _chunks.Length)
                Array.Resize(ref _chunks, Math.Max(1, _used * 2));
            _chunks[_used] ??= new T[Size(_used)];
            _used++;
            _inLast = 0;
        }
        _chunks[_used - 1][_inLast++] = item;
        Count++;
    }

    public T RemoveLast()
    {
        T item = _chunks[_used - 1][--_inLast];
        _chunks[_used - 1][_inLast] = default!;
        Count--;
        if (_inLast == 0)
        {
            _used--;
            _inLast = _used == 0 ? 0 : _chunks[_used - 1].Length;
        }
        return item;
    }

    public IEnumerable<T> Items()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    // Pieces double from the first to the largest and stay there: 4, 8, ..., 4096, 4096, ...
    private static int Size(int chunk) => chunk < 10 ? First << chunk : Largest;

    private static (int Chunk, int Offset) Place(int index)
    {
        const int Doubling = First * ((1 << 10) - 1);
        if (index >= Doubling)
            return (10 + (index - Doubling) / Largest, (index - Doubling) % Largest);
        int chunk = int.Log2(index / First + 1);
        return (chunk, index - First * ((1 << chunk) - 1));
    }
}
