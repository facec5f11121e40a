using System.Globalization;
using System.Numerics;
using System.Text;

namespace RobustWrn.Core;

/// <summary>
/// Reads a pickle (protocols 0 to 5) into plain values. Functions and classes stay names and calls stay written down
/// (<see cref="PickleCall"/>): nothing is ever looked up, called or constructed. It is a loop over a stack of its own, so nesting costs
/// no stack of the thread.
/// </summary>
/// <param name="source">The bytes of the pickle.</param>
/// <param name="leftInFile">Bytes as many as this or more are not read: a <see cref="PickleRange"/> says where they lie.</param>
internal sealed class Unpickler(PickleSource source, long leftInFile = long.MaxValue)
{
    private const int LongestInteger = 256;

    // What a slot of the stack, the memo or a collection takes, and the first pieces of a collection.
    private const int Slot = 8, FirstItems = 96;

    // One object for each small number, however often it is written.
    private static readonly object[] Small = [.. Enumerable.Range(0, 256).Select(number => (object)(long)number)];
    private static readonly object True = true, False = false;
    private static readonly PickleTuple Empty = new([]);

    private readonly ChunkedList<object?> _stack = new();
    private readonly ChunkedList<int> _marks = new();
    private readonly PickleMemo _memo = new(source.File);

    /// <summary>The ids of all that is stored outside, as they were met.</summary>
    public ChunkedList<PicklePersistent> Persistent { get; } = new();

    /// <summary>The value; the source stands behind it.</summary>
    public object? Load()
    {
        while (true)
        {
            byte code = source.Byte();
            if (code == '.')
                return Pop();
            if (!Scalar(code) && !Collection(code) && !Reference(code))
                throw Malformed($"has the unknown opcode 0x{code:x2} at byte {source.Position - 1}");
        }
    }

    private bool Scalar(byte code)
    {
        switch (code)
        {
            case (byte)'N': return Again(null);
            case 0x88: return Again(True);
            case 0x89: return Again(False);
            case (byte)'J': return Push((long)source.Int32());
            case (byte)'K': return Again(Small[source.Byte()]);
            case (byte)'M': return Push((long)source.UInt16());
            case (byte)'G': return Push(source.Double());
            case (byte)'I': return Push(source.Line() switch { "00" => (object)false, "01" => true, string digits => Integer(digits) });
            case (byte)'L': return Push(Integer(source.Line().TrimEnd('L')));
            case (byte)'F': return Push(double.TryParse(source.Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Malformed("has a number that is none"));
            case 0x8a: return Push(Integer(source.Byte()));
            case 0x8b: return Push(Integer(source.UInt32()));
            case (byte)'S': return Push(PickleEscapes.OfString(source.Line()));
            case (byte)'V': return Push(PickleEscapes.OfUnicode(source.Line()));
            case (byte)'T': return Long(source.UInt32(), count => source.Text(count, Encoding.Latin1));
            case (byte)'U': return Push(source.Text(source.Byte(), Encoding.Latin1));
            case (byte)'X': return Push(source.Text(source.UInt32(), Encoding.UTF8));
            case 0x8c: return Push(source.Text(source.Byte(), Encoding.UTF8));
            case 0x8d: return Push(source.Text(source.UInt64(), Encoding.UTF8));
            case (byte)'B': return Long(source.UInt32(), source.Bytes);
            case (byte)'C': return Push(source.Bytes(source.Byte()));
            case 0x8e or 0x96: return Long(source.UInt64(), source.Bytes);
            default: return false;
        }
    }

    private bool Collection(byte code)
    {
        switch (code)
        {
            case (byte)'(': _marks.Add(_stack.Count); return Count();
            case (byte)'0': return Drop();
            case (byte)'1': return DropToMark();
            case (byte)'2': return Again(Top());
            case (byte)')': return Again(Empty);
            case (byte)'t': return Push(new PickleTuple(ToMark()));
            case 0x85: return Push(new PickleTuple(Last(1)));
            case 0x86: return Push(new PickleTuple(Last(2)));
            case 0x87: return Push(new PickleTuple(Last(3)));
            case (byte)']' or 0x8f: return Push(new PickleList());
            case (byte)'l' or 0x91: return Gather(new PickleList());
            case (byte)'a': return Append(1, marked: false);
            case (byte)'e' or 0x90: return Append(SinceMark(), marked: true);
            case (byte)'}': return Push(new PickleDict());
            case (byte)'d': return Gather(new PickleDict());
            case (byte)'s': return SetItems(2, marked: false);
            case (byte)'u': return SetItems(SinceMark(), marked: true);
            default: return false;
        }
    }

    private bool Reference(byte code)
    {
        switch (code)
        {
            case 0x80: return Protocol(source.Byte());
            case 0x95: source.UInt64(); return true;
            case (byte)'c': return Push(new PickleGlobal(source.Line(), source.Line()));
            case 0x93: return Pop() is string name && Pop() is string module ? Push(new PickleGlobal(module, name)) : throw Malformed("names a global by something that is no text");
            case 0x82: return Push(new PickleGlobal("copyreg.extension", source.Byte().ToString(CultureInfo.InvariantCulture)));
            case 0x83: return Push(new PickleGlobal("copyreg.extension", source.UInt16().ToString(CultureInfo.InvariantCulture)));
            case 0x84: return Push(new PickleGlobal("copyreg.extension", source.Int32().ToString(CultureInfo.InvariantCulture)));
            case (byte)'R' or 0x81: return Call(Last(2));
            case 0x92: return Call(Last(3));
            case (byte)'o': return ToMark() is [var type, .. var arguments] ? Push(new PickleCall(type, new PickleTuple(arguments))) : throw Malformed("constructs an object of no class");
            case (byte)'i': return Push(new PickleCall(new PickleGlobal(source.Line(), source.Line()), new PickleTuple(ToMark())));
            case (byte)'b': return Build();
            case (byte)'P': return PushPersistent(source.Line());
            case (byte)'Q': return PushPersistent(Pop());
            case (byte)'p': return Put(Line());
            case (byte)'q': return Put(source.Byte());
            case (byte)'r': return Put(source.UInt32());
            case 0x94: return Put(_memo.Next);
            case (byte)'g': return Again(_memo.Get(Line()));
            case (byte)'h': return Again(_memo.Get(source.Byte()));
            case (byte)'j': return Again(_memo.Get(source.UInt32()));
            case 0x97 or 0x98: throw source.File.Unsupported("its pickle keeps buffers outside itself, which no file of PyTorch does");
            default: return false;
        }
    }

    private bool Protocol(byte version) => version <= 5 ? true : throw source.File.Unsupported($"its pickle has protocol {version}; known are 0 to 5");

    private bool Count()
    {
        source.File.Gate.Value(Slot);
        return true;
    }

    // A new value: what it takes, but for the bytes of texts and arrays, which the source counts.
    private bool Push(object? value)
    {
        source.File.Gate.Value(value switch
        {
            null or "" => 0,
            PickleTuple tuple => 56 + Slot * tuple.Items.Length,
            PickleList or PickleDict or PickleCall or PicklePersistent => 72,
            PickleGlobal => 88,
            BigInteger => 64,
            _ => 24,
        });
        return Again(value);
    }

    // One that is there already.
    private bool Again(object? value)
    {
        source.File.Gate.Value(Slot);
        _stack.Add(value);
        return true;
    }

    private bool Long(ulong count, Func<ulong, object> read) => Push(count >= (ulong)leftInFile ? source.Skip(count) : read(count));

    // Values below the last mark are not within reach, as in Python.
    private int Floor => _marks.Count == 0 ? 0 : _marks[_marks.Count - 1];

    private object? Top() => _stack.Count > Floor ? _stack[_stack.Count - 1] : throw Malformed("takes a value from an empty stack");

    private object? Pop() => _stack.Count > Floor ? _stack.RemoveLast() : throw Malformed("takes a value from an empty stack");

    private object?[] Last(int count)
    {
        object?[] items = new object?[source.File.Gate.Admit(8L * count, "a tuple") / 8];
        for (int i = count - 1; i >= 0; i--)
            items[i] = Pop();
        return items;
    }

    private int SinceMark() => _marks.Count > 0 ? _stack.Count - Floor : throw Malformed("takes values up to a mark that is not there");

    private object?[] ToMark()
    {
        object?[] items = Last(SinceMark());
        _marks.RemoveLast();
        return items;
    }

    private bool Drop()
    {
        if (_marks.Count > 0 && _stack.Count == Floor)
            _marks.RemoveLast();
        else
            Pop();
        return true;
    }

    private bool DropToMark()
    {
        for (int count = SinceMark(); count > 0; count--)
            Pop();
        _marks.RemoveLast();
        return true;
    }

    // The collection goes below what it is made of, so that it takes its parts as if they had been added to it.
    private bool Gather(object collection)
    {
        int count = SinceMark(), first = _stack.Count - count;
        Fill(collection, first, count);
        _marks.RemoveLast();
        return Push(collection);
    }

    private bool Append(int count, bool marked) => Extend(count, marked, target => target switch
    {
        PickleList list => list,
        PickleCall call => call.Appended ??= new PickleList(),
        _ => throw Malformed("appends to something that is no list"),
    });

    private bool SetItems(int count, bool marked) => Extend(count, marked, target => target switch
    {
        PickleDict dictionary => dictionary,
        PickleCall call => call.Items ??= new PickleDict(),
        _ => throw Malformed("sets items of something that is no dictionary"),
    });

    private bool Extend(int count, bool marked, Func<object?, object> collection)
    {
        int first = _stack.Count - count;
        int floor = !marked ? Floor : _marks.Count > 1 ? _marks[_marks.Count - 2] : 0;
        if (first - 1 < floor)
            throw Malformed("takes a value from an empty stack");
        Fill(collection(_stack[first - 1]), first, count);
        if (marked)
            _marks.RemoveLast();
        return true;
    }

    private void Fill(object collection, int first, int count)
    {
        if (collection is PickleList list)
        {
            Grow(list.Items.Count, count, Slot);
            for (int i = 0; i < count; i++)
                list.Items.Add(_stack[first + i]);
        }
        else if (count % 2 != 0)
            throw Malformed("sets an item without a value");
        else
        {
            Grow(((PickleDict)collection).Pairs.Count, count, Slot);
            for (int i = 0; i < count; i += 2)
                ((PickleDict)collection).Pairs.Add(new(_stack[first + i], _stack[first + i + 1]));
        }
        for (int i = 0; i < count; i++)
            _stack.RemoveLast();
    }

    // Collections grow by doubling.
    private void Grow(int before, int count, int slot) =>
        source.File.Gate.Value((before == 0 && count > 0 ? FirstItems : 0) + 2L * slot * count);

    private bool Call(object?[] parts) => Push(new PickleCall(parts[0], parts[1]));

    private bool Build()
    {
        object? state = Pop();
        if (Top() is PickleCall call)
            call.State = state;
        else if (Top() is not (PickleDict or PickleList))
            throw Malformed("gives a state to something that is no object");
        return true;
    }

    private bool PushPersistent(object? id)
    {
        PicklePersistent outside = new(id);
        Persistent.Add(outside);
        return Push(outside);
    }

    private bool Put(long index)
    {
        source.File.Gate.Value(Slot);
        _memo.Put(index, Top());
        return true;
    }

    private long Line() => long.TryParse(source.Line(), NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : throw Malformed("has a memo index that is no number");

    private object Integer(string digits) =>
        digits.Length <= LongestInteger && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger number) ? Narrow(number) : throw Malformed("has an integer that is none");

    private object Integer(uint count) =>
        count <= LongestInteger ? Narrow(new BigInteger(source.Bytes(count))) : throw source.File.Unsupported($"its pickle has an integer of {count} bytes");

    private static object Narrow(BigInteger number) => number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;

    private WeightsFileException Malformed(string what) => source.File.Damaged($"its pickle {what}");
}
