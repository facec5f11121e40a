namespace RobustWrn.Core;

/// <summary>Dictionaries of a pickle, however they were written.</summary>
internal static class PickleDictionaries
{
    private const int EntryBytes = 48;

    /// <summary>Whether a value is a dict, OrderedDict, defaultdict or Counter.</summary>
    public static bool Is(object? value) => value is PickleDict
        or PickleCall { Callable: PickleGlobal { Module: "collections", Name: "OrderedDict" or "defaultdict" or "Counter" } or PickleGlobal { Module: "builtins" or "__builtin__", Name: "dict" } };

    /// <summary>Its entries under texts, the last of each name; in order of first insertion.</summary>
    public static OrderedDictionary<string, object?> Named(object? value, AllocationGate gate)
    {
        OrderedDictionary<string, object?> named = [];
        foreach (KeyValuePair<object?, object?> pair in Pairs(value))
        {
            gate.Value(8);
            if (pair.Key is not string name)
                continue;
            gate.Value(EntryBytes);
            named[name] = pair.Value;
        }
        return named;
    }

    private static IEnumerable<KeyValuePair<object?, object?>> Pairs(object? value)
    {
        if (value is PickleDict dictionary)
            return dictionary.Pairs.Items();
        if (value is not PickleCall call)
            return [];
        IEnumerable<KeyValuePair<object?, object?>> given = call.ArgumentList is [.., var argument] ? argument switch
        {
            PickleDict items => items.Pairs.Items(),
            PickleList list => list.Items.Items().Select(Pair),
            _ => [],
        } : [];
        return call.Items is null ? given : given.Concat(call.Items.Pairs.Items());
    }

    // OrderedDict([(key, value), ...]), as Python 2 wrote it.
    private static KeyValuePair<object?, object?> Pair(object? item) => item switch
    {
        PickleTuple { Items: [var key, var value] } => new(key, value),
        PickleList { Items: { Count: 2 } parts } => new(parts[0], parts[1]),
        _ => new(null, null),
    };
}
