namespace RobustWrn.Core;

/// <summary>
/// Which entry of a checkpoint holds the weights. Without a name from the caller: the usual ones in their order, those of the network
/// itself before averaged ones; else the file itself, if it is a state dict; else the only entry with tensors.
/// </summary>
internal sealed class CheckpointEntries
{
    private const int MaxDepth = 8, LongestName = 200;

    private static readonly string[] Usual =
    [
        "model_state_dict", "state_dict", "model", "net", "network", "weights", "params",
        "ema_state_dict", "model_ema_state_dict", "ema_model_state_dict", "model_ema", "ema_model", "state_dict_ema", "ema", "averaged_model", "swa_model", "shadow", "module",
    ];

    private static readonly string[] Normalizers = ["norm", "preproc", "transform"];

    private readonly PositionedFile _file;
    private readonly object? _root;
    private readonly Dictionary<object, OrderedDictionary<string, object?>> _read = new(ReferenceEqualityComparer.Instance);

    public CheckpointEntries(PositionedFile file, object? root)
    {
        (_file, _root) = (file, root);
        All = Collect();
    }

    /// <summary>All dictionaries that hold tensors under texts, by their path; the empty path is the file itself.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>The entries of the value that was saved, if it is a dictionary.</summary>
    public IReadOnlyDictionary<string, object?> Root => PickleDictionaries.Is(_root) ? Entries(_root!) : new OrderedDictionary<string, object?>();

    /// <summary>The weights and where they stand.</summary>
    /// <param name="entry">The caller's choice; null for the usual one.</param>
    public (string Path, IReadOnlyDictionary<string, object?> Weights) Choose(string? entry)
    {
        if (entry is not null)
        {
            object? named = (entry.Length == 0 ? _root : Find(_root, entry, 0)) ?? throw _file.Unsupported($"it has no entry \"{entry}\". {Available()}");
            return Best(named, entry, 0, NewSet()) ?? throw _file.Unsupported($"its entry {entry} is {TorchTensors.Describe(named)} without tensors. {Available()}");
        }
        return Best(_root, "", 0, NewSet()) ?? throw _file.Unsupported(All.Count > 0 ? $"it holds several sets of tensors and none under a usual name. Name one as the entry. {Available()}" : NoWeights());
    }

    /// <summary>
    /// What stands in the dictionaries around an entry, from the file itself inwards, and in those of a normalisation among it.
    /// </summary>
    public IEnumerable<KeyValuePair<string, object?>> Around(string path)
    {
        HashSet<object> seen = NewSet();
        for (int dot = path.Length == 0 ? -1 : 0; dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            object? outer = dot == 0 ? _root : Find(_root, path[..dot], 0);
            if (!PickleDictionaries.Is(outer) || !seen.Add(outer!))
                continue;
            foreach ((string name, object? value) in Entries(outer!))
            {
                yield return KeyValuePair.Create(name, value);
                if (!Normalizers.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase)) || !PickleDictionaries.Is(value))
                    continue;
                foreach ((string inner, object? constant) in Entries(value!))
                    yield return KeyValuePair.Create(Joined(name, inner), constant);
            }
        }
    }

    private (string, IReadOnlyDictionary<string, object?>)? Best(object? value, string path, int depth, HashSet<object> seen)
    {
        if (depth > MaxDepth || !PickleDictionaries.Is(value) || !seen.Add(value!))
            return null;
        OrderedDictionary<string, object?> entries = Entries(value!);
        foreach (string name in Usual)
        {
            if (entries.TryGetValue(name, out object? inner) && Best(inner, Joined(path, name), depth + 1, seen) is { } found)
                return found;
        }
        if (HoldsWeights(entries, path))
            return (path, entries);
        string[] below = [.. All.Where(candidate => candidate.StartsWith(Joined(path, ""), StringComparison.Ordinal) && candidate != path)];
        if (below is [string only] && Find(_root, only, 0) is { } chosen)
            return (only, Entries(chosen));
        return path.Length == 0 && All is [""] ? (path, entries) : null;
    }

    private List<string> Collect()
    {
        List<string> found = [];
        HashSet<object> seen = NewSet();
        Queue<(object Value, string Path, int Depth)> open = new();
        if (PickleDictionaries.Is(_root) && seen.Add(_root!))
            open.Enqueue((_root!, "", 0));
        while (open.TryDequeue(out (object Value, string Path, int Depth) next))
        {
            OrderedDictionary<string, object?> entries = Entries(next.Value);
            _file.Gate.Value(64 + 2 * next.Path.Length);
            if (HoldsWeights(entries, next.Path))
                found.Add(next.Path);
            foreach ((string name, object? value) in entries)
            {
                if (next.Depth < MaxDepth && name.Length <= LongestName && PickleDictionaries.Is(value) && seen.Add(value!))
                    open.Enqueue((value!, Joined(next.Path, name), next.Depth + 1));
            }
        }
        if (found.Count == 0 && PickleDictionaries.Is(_root) && Entries(_root!).Values.Any(TorchTensors.IsArray))
            found.Add("");
        return found;
    }

    // Checkpoints keep arrays beside the weights, such as the state of a random generator.
    private static bool HoldsWeights(OrderedDictionary<string, object?> entries, string path) =>
        entries.Values.Any(TorchTensors.IsTensor) || (path.Length > 0 && entries.Values.Any(TorchTensors.IsArray));

    private object? Find(object? value, string path, int depth)
    {
        if (depth > MaxDepth || !PickleDictionaries.Is(value))
            return null;
        OrderedDictionary<string, object?> entries = Entries(value!);
        if (entries.TryGetValue(path, out object? found))
            return found;
        for (int dot = path.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = path.IndexOf('.', dot + 1))
        {
            if (entries.TryGetValue(path[..dot], out object? inner) && Find(inner, path[(dot + 1)..], depth + 1) is { } below)
                return below;
        }
        return null;
    }

    private OrderedDictionary<string, object?> Entries(object value) =>
        _read.TryGetValue(value, out OrderedDictionary<string, object?>? known) ? known : _read[value] = PickleDictionaries.Named(value, _file.Gate);

    private string Available() => All.Count == 0 ? "It has no entry with tensors" : $"There are: {NameList.Short([.. All.Select(path => path.Length == 0 ? "(the file itself)" : path)])}";

    private string NoWeights()
    {
        if (!PickleDictionaries.Is(_root))
            return $"it holds no state dict but {TorchTensors.Describe(_root)}, which is never constructed. Save the state_dict() of the network";
        string? object_ = Usual.FirstOrDefault(name => Root.TryGetValue(name, out object? value) && value is PickleCall);
        return object_ is null
            ? "it holds no tensors"
            : $"its entry {object_} is {TorchTensors.Describe(Root[object_])}, which is never constructed. Save its state_dict()";
    }

    private static HashSet<object> NewSet() => new(ReferenceEqualityComparer.Instance);

    private static string Joined(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
