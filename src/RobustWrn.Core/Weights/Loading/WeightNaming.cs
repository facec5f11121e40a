namespace RobustWrn.Core;

/// <summary>The names of a file in the terms of a network: without the prefix before all of them, translated by the key map that recognises them.</summary>
internal sealed class WeightNaming
{
    private const int MaximalParts = 8;

    // DataParallel; wrappers of training code; torch.compile; a Sequential of normalisation and network.
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "0.", "1."];

    private static readonly string[] Normalizers = ["", "normalize.", "normalizer.", "normalization.", "0."];

    private readonly List<string> _parts;
    private readonly HashSet<string> _network;
    private readonly IKeyMap _map;

    /// <summary>Finds prefix and map.</summary>
    /// <param name="names">The names of the file's tensors.</param>
    /// <param name="own">The network's names; a prefix that they all carry is kept.</param>
    /// <param name="named">The map the caller chose; null for the one that recognises the names.</param>
    public WeightNaming(IReadOnlyCollection<string> names, IReadOnlyCollection<string> own, IKeyMap? named)
    {
        _network = [.. own];
        _parts = PrefixOf(names);
        HashSet<string> bare = [.. names.Select(Bare)];
        _map = named ?? (bare.IsSubsetOf(_network) ? new PaperNames() : Recognised(bare));
    }

    /// <summary>What stands before every name.</summary>
    public string Prefix => string.Concat(_parts);

    /// <summary>The stored name of the map.</summary>
    public string Map => DescriptionTypes.NameOf(_map.GetType());

    /// <summary>The name in the network; null for a tensor that no network here has a place for.</summary>
    public string? ToLibrary(string name)
    {
        string bare = Bare(name);
        return _network.Contains(bare) || !IsExtra(bare) ? _map.ToLibrary(bare) : null;
    }

    /// <summary>The sides a tensor of the network has in the file.</summary>
    public long[] StoredShape(string name, long[] shape) => _map.ForeignShape(name, shape);

    private string Bare(string name) => _parts.Aggregate(name, (rest, part) => NamePrefix.Replaced(rest, part, ""));

    private List<string> PrefixOf(IReadOnlyCollection<string> names)
    {
        List<string> parts = [];
        string[] body = [.. names];
        while (true)
        {
            body = [.. body.Where(name => !IsExtra(name))];
            string? next = Array.Find(Prefixes, prefix => body.Length > 0 && body.All(Carries(prefix)) && !(_network.Count > 0 && _network.All(Carries(prefix))));
            if (next is null || parts.Count == MaximalParts)
                return parts;
            parts.Add(next);
            body = [.. body.Select(name => name[next.Length..])];
        }
    }

    private static Func<string, bool> Carries(string prefix) => name => name.StartsWith(prefix, StringComparison.Ordinal);

    // The one that leaves least over, should several recognise the names.
    private IKeyMap Recognised(HashSet<string> names) =>
        DescriptionTypes.Implementing(typeof(IKeyMap)).Values
            .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(type => (IKeyMap)Activator.CreateInstance(type)!)
            .Where(map => map.Recognizes(names))
            .OrderBy(map => names.Count(name => map.ToLibrary(name) is { } translated && !_network.Contains(translated)))
            .FirstOrDefault() ?? new PaperNames();

    // torch.optim.swa_utils.AveragedModel counts in n_averaged; normalisation layers before a network keep their constants.
    private static bool IsExtra(string name) => name == "n_averaged"
        || Array.Exists(Normalizers, layer => name.StartsWith(layer, StringComparison.Ordinal) && name[layer.Length..] is "mean" or "std" or "mu" or "sigma");
}
