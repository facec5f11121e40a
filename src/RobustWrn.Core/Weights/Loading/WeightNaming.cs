namespace RobustWrn.Core;

/// <summary>The names of a file in the terms of a network: without the prefix before all of them, translated by the key map that recognises them.</summary>
internal sealed record WeightNaming(string Prefix, string Map, IReadOnlyDictionary<string, string> Library, ValueList<string> LeftOut)
{
    // DataParallel; wrappers of training code; torch.compile; a Sequential of normalisation and network.
    private static readonly string[] Prefixes = ["module.", "_orig_mod.", "model.", "net.", "network.", "backbone.", "0.", "1."];

    private static readonly string[] Normalizers = ["", "normalize.", "normalizer.", "normalization.", "0."];

    /// <summary>Finds prefix and map.</summary>
    /// <param name="names">The names in the file.</param>
    /// <param name="own">The network's names; a prefix that they all carry is kept.</param>
    /// <param name="named">The map the caller chose; null for the one that recognises the names.</param>
    /// <param name="source">For error messages.</param>
    /// <exception cref="InvalidDataException">Two tensors of the file are the same one of the network.</exception>
    public static WeightNaming Find(IReadOnlyCollection<string> names, IReadOnlyCollection<string> own, IKeyMap? named, string source)
    {
        List<string> prefix = PrefixOf(names, own);
        Dictionary<string, string> bare = names.ToDictionary(name => name, name => prefix.Aggregate(name, (rest, part) => NamePrefix.Replaced(rest, part, "")));
        HashSet<string> network = [.. own], unique = [.. bare.Values];
        IKeyMap map = named ?? (unique.IsSubsetOf(network) ? new PaperNames() : Recognised(unique, network));
        Dictionary<string, string> library = [], owners = [];
        List<string> leftOut = [];
        foreach ((string name, string stripped) in bare)
        {
            string? translated = network.Contains(stripped) || !IsExtra(stripped) ? map.ToLibrary(stripped) : null;
            if (translated is null)
                leftOut.Add(name);
            else if (owners.TryAdd(translated, name))
                library.Add(name, translated);
            else
                throw new InvalidDataException($"{source} must have one tensor for each of the network, but {owners[translated]} and {name} are both {translated}. Name the right key map.");
        }
        return new WeightNaming(string.Concat(prefix), DescriptionTypes.NameOf(map.GetType()), library, leftOut.ToValueList());
    }

    private static List<string> PrefixOf(IReadOnlyCollection<string> names, IReadOnlyCollection<string> own)
    {
        List<string> parts = [];
        string[] body = [.. names];
        while (true)
        {
            body = [.. body.Where(name => !IsExtra(name))];
            string? next = Array.Find(Prefixes, prefix => body.Length > 0 && body.All(Carries(prefix)) && !(own.Count > 0 && own.All(Carries(prefix))));
            if (next is null)
                return parts;
            parts.Add(next);
            body = [.. body.Select(name => name[next.Length..])];
        }
    }

    private static Func<string, bool> Carries(string prefix) => name => name.StartsWith(prefix, StringComparison.Ordinal);

    // The one that leaves least over, should several recognise the names.
    private static IKeyMap Recognised(HashSet<string> names, HashSet<string> network) =>
        DescriptionTypes.Implementing(typeof(IKeyMap)).Values
            .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
            .Select(type => (IKeyMap)Activator.CreateInstance(type)!)
            .Where(map => map.Recognizes(names))
            .OrderBy(map => names.Count(name => map.ToLibrary(name) is { } translated && !network.Contains(translated)))
            .FirstOrDefault() ?? new PaperNames();

    // torch.optim.swa_utils.AveragedModel counts in n_averaged; normalisation layers before a network keep their constants.
    private static bool IsExtra(string name) => name == "n_averaged"
        || Array.Exists(Normalizers, layer => name.StartsWith(layer, StringComparison.Ordinal) && name[layer.Length..] is "mean" or "std" or "mu" or "sigma");
}
