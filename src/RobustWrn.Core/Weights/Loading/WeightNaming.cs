namespace RobustWrn.Core;

/// <summary>
/// The names of a file in the terms of a network: which of its groups holds the network, behind which prefix, and whose names they are. The
/// group is sought by what the network needs, so that whatever else the file keeps (attackers, teachers, averages) does not hide it.
/// </summary>
internal sealed class WeightNaming
{
    private const int MaxParts = 8, Anchors = 24, MostCandidates = 64;

    // DataParallel; wrappers of training code; torch.compile; a Sequential of normalisation and network.
    private static readonly string[] UsualParts = ["module", "_orig_mod", "model", "net", "network", "backbone", "0", "1"];

    // torch.optim.swa_utils.AveragedModel counts in n_averaged; profilers leave what they counted in every layer.
    private static readonly string[] Counters = ["n_averaged", "total_ops", "total_params"];

    private readonly HashSet<string> _network;
    private readonly string[] _copies;
    private readonly IKeyMap _map;

    private WeightNaming(HashSet<string> network, string prefix, IKeyMap map, params string[] copies) =>
        (_network, Prefix, _map, _copies) = (network, prefix, map, copies);

    /// <summary>What stands before the names of the group.</summary>
    public string Prefix { get; }

    /// <summary>The map of the names.</summary>
    public IKeyMap Names => _map;

    /// <summary>Finds group and map.</summary>
    /// <param name="names">The names of the file's tensors.</param>
    /// <param name="own">The network's names.</param>
    /// <param name="named">The map the caller chose; null for the one that finds most of the network.</param>
    /// <param name="refusal">What is thrown for a reason, which goes on from the source.</param>
    public static WeightNaming Of(IReadOnlyCollection<string> names, IReadOnlyCollection<string> own, IKeyMap? named,
        Func<string, Exception> refusal)
    {
        HashSet<string> network = [.. own], stored = [.. names];
        IKeyMap[] maps = named is not null ? [named] : [new PaperNames(), .. Known().Where(map => map is not PaperNames)];
        Candidate[] ranked = [.. Candidates(names, own, maps)
            .Select(candidate =>
                candidate with { Found = own.Count(name => stored.Contains(candidate.Prefix + candidate.Map.ToForeign(name))) })
            .OrderByDescending(candidate => candidate.Found).ThenBy(candidate => candidate.UnusualParts)
                .ThenBy(candidate => candidate.Prefix.Length).ThenBy(candidate => Array.IndexOf(maps, candidate.Map))];
        if (ranked.Length == 0)
            return new WeightNaming(network, "", named ?? maps.FirstOrDefault(map => map.Recognizes(stored)) ?? maps[0]);
        Candidate best = ranked[0];
        if (best.Prefix.Length > 0 && ranked.FirstOrDefault(other =>
            other.Prefix != best.Prefix && (other.Found, other.UnusualParts) == (best.Found, best.UnusualParts)) is { } rival)
        {
            throw refusal($"holds more than one set of weights that fits the network: {best.Prefix}* and {rival.Prefix}*. "
                + $"Leave out all but one: WeightsOptions.Skip (--skip), such as {rival.Prefix}*.");
        }
        // Half: what an optimiser remembers of the weights, or an average without counters, is a copy, too. One block inside another
        // network is none.
        string[] copies =
            [.. ranked.Where(other => other.Prefix != best.Prefix && other.Prefix.Length > 0 && 2 * other.Found >= own.Count)
            .Select(other => other.Prefix).Distinct()];
        return new WeightNaming(network, best.Prefix, best.Map, copies);
    }

    /// <summary>Whether a name belongs to the group of the network.</summary>
    public bool IsInGroup(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The name without the prefix.</summary>
    public string Bare(string name) => NamePrefix.Replaced(name, Prefix, "");

    /// <summary>
    /// The name in the network; null for a tensor that no network here has a place for, or that belongs to a copy beside the group.
    /// </summary>
    public string? ToLibrary(string name)
    {
        string bare = Bare(name);
        if (IsInGroup(name) && _network.Contains(bare))
            return _map.ToLibrary(bare);
        if (IsCounter(name))
            return null;
        string? translated = IsInGroup(name) ? _map.ToLibrary(bare) : name;
        return translated is null || _network.Contains(translated) || !IsCopy(name) ? translated : null;
    }

    /// <summary>The names under which a file may have a tensor of the network.</summary>
    public IEnumerable<string> Stored(string name) => [name, _map.ToForeign(name), Prefix + _map.ToForeign(name)];

    /// <summary>The sides a tensor of the network has in the file.</summary>
    public long[] StoredShape(string name, long[] shape) => _map.ForeignShape(name, shape);

    private bool IsCounter(string name) =>
        Array.Exists(Counters, counter => name == counter || name.EndsWith("." + counter, StringComparison.Ordinal));

    // Of the same network, such as that of an attacker or an average.
    private bool IsCopy(string name) => Array.Exists(_copies, prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    private static IEnumerable<IKeyMap> Known() => DescriptionTypes.Implementing(typeof(IKeyMap)).Values
        .Where(type => type.GetConstructor(Type.EmptyTypes) is not null)
        .Select(type => (IKeyMap)Activator.CreateInstance(type)!);

    // A few names of the network, looked for behind every dot of every name: the prefixes that they stand behind most often.
    private static IEnumerable<Candidate> Candidates(IReadOnlyCollection<string> names, IReadOnlyCollection<string> own, IKeyMap[] maps)
    {
        string[] anchors = own.Count <= 2 * Anchors ? [.. own] : [.. own.Take(Anchors), .. own.Skip(own.Count - Anchors)];
        Dictionary<(string, IKeyMap), int> votes = [];
        ILookup<string, IKeyMap> wanted = maps.SelectMany(map => anchors.Select(anchor => (Name: map.ToForeign(anchor), Map: map)))
            .ToLookup(pair => pair.Name, pair => pair.Map);
        foreach (string name in names)
        {
            foreach (string rest in Suffixes(name))
            {
                foreach (IKeyMap map in wanted[rest])
                {
                    (string, IKeyMap) key = (name[..^rest.Length], map);
                    votes[key] = votes.GetValueOrDefault(key) + 1;
                }
            }
        }
        return votes.OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key.Item1.Length).Take(MostCandidates)
            .Select(vote => new Candidate(vote.Key.Item1, vote.Key.Item2));
    }

    // The name itself, and what stands behind each of its first dots.
    private static IEnumerable<string> Suffixes(string name)
    {
        yield return name;
        int dot = -1;
        for (int part = 0; part < MaxParts && (dot = name.IndexOf('.', dot + 1)) >= 0; part++)
            yield return name[(dot + 1)..];
    }

    private sealed record Candidate(string Prefix, IKeyMap Map)
    {
        public int Found { get; init; }

        public int UnusualParts => Prefix.Split('.', StringSplitOptions.RemoveEmptyEntries).Count(part => !UsualParts.Contains(part));
    }
}
