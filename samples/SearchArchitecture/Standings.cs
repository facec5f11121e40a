using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>The networks so far: the best, the front, and its growth.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="bounds">The most that its networks may cost (<see cref="CostBounds"/>).</param>
internal sealed class Standings(RobustExperiment experiment, IReadOnlyDictionary<string, double> bounds)
{
    private readonly List<NetworkResult> _networks = [];
    private readonly SortedDictionary<int, ExperimentProgress> _workers = [];
    private Growth? _growth;

    /// <summary>The numbers shown of each.</summary>
    public StudyObjective[] Shown { get; } = Measured.Shown(experiment);

    /// <summary>The latest report; null before the first.</summary>
    public ExperimentProgress? Latest { get; private set; }

    /// <summary>The latest report of each worker, by its number; empty while this process works itself.</summary>
    public IReadOnlyDictionary<int, ExperimentProgress> Workers => _workers;

    /// <summary>Trials that the search's pruner ended.</summary>
    public int Pruned => _networks.Count(network => network.Pruned is not null);

    /// <summary>The most trials.</summary>
    public int MaxTrials => experiment.Budget.MaxTrials;

    /// <summary>Trials that ended, those that failed among them.</summary>
    public int Trials => _networks.Count(network => !network.IsBaseline);

    /// <summary>Trials that failed.</summary>
    public int Failed => _networks.Count(network => !network.IsBaseline && network.Failure is not null);

    /// <summary>The latest network that failed, with its reason; null while there is none.</summary>
    public NetworkResult? Failure => _networks.LastOrDefault(network => network.Failure is not null);

    /// <summary>True in a search for several numbers, in which no network need be the best.</summary>
    public bool HasFront => experiment.Goals.Count > 1;

    /// <summary>Baselines that ended.</summary>
    public int Baselines => _networks.Count(network => network.IsBaseline);

    /// <summary>
    /// The growth of the front's hypervolume; null in a search for one number, which has no front, and before the first network.
    /// </summary>
    public Growth? Growth
    {
        get
        {
            if (!HasFront)
                return null;
            NetworkResult[] good = [.. _networks.Where(IsGood)];
            // One that is no longer believed takes all that it covered with it.
            if (_growth is null || !_growth.Networks.SequenceEqual(good.Take(_growth.Networks.Count), new SameTrial()))
                _growth = new Growth([.. experiment.Goals.Select(goal => goal.Objective)], bounds);
            foreach (NetworkResult network in good.Skip(_growth.Networks.Count))
                _growth.Add(network);
            return good.Length == 0 ? null : _growth;
        }
    }

    /// <summary>Takes a report.</summary>
    public void Take(ExperimentProgress report)
    {
        if (report.Stage == ExperimentStage.Finished)
            return;
        Latest = report;
        if (report.Worker is { } worker)
            _workers[worker] = report;
        else
            _workers.Clear();
        if (report.Finished is not { } network)
            return;
        int at = _networks.FindIndex(other => new SameTrial().Equals(other, network));
        if (at < 0)
            _networks.Add(network);
        else
            _networks[at] = network;
    }

    /// <summary>The networks that no other beats in all that is looked for; of a search for one number, the best.</summary>
    public IReadOnlyList<NetworkResult> Front() => ParetoFront.Of(
        _networks.Where(IsGood), [.. experiment.Goals.Select(goal => ParetoObjective.Of<NetworkResult>(
            goal.Objective, network => Measured.Of(network, goal.Objective)!.Value))]);

    /// <summary>
    /// The networks that were trained: the front, the others that keep the limits, the rest; each by what is looked for first.
    /// </summary>
    public IEnumerable<NetworkResult> Ranking()
    {
        HashSet<NetworkResult> front = new(Front(), ReferenceEqualityComparer.Instance);
        StudyObjective first = experiment.Goals[0].Objective;
        return _networks.Where(network => network is { Failure: null, Pruned: null })
            .OrderBy(network => front.Contains(network) ? 0 : IsGood(network) ? 1 : 2)
            .ThenByDescending(network => first.Signed(Measured.Of(network, first)!.Value));
    }

    /// <summary>Tells whether a network was trained, keeps the limits, and can be believed as far as is known.</summary>
    public bool IsGood(NetworkResult network) => network is { Failure: null, Pruned: null }
        && network.ValidationAudit is not { IsDoubted: true } && experiment.Limits.All(limit => limit.IsKeptBy(network.Measures));

    private sealed class SameTrial : IEqualityComparer<NetworkResult>
    {
        public bool Equals(NetworkResult? first, NetworkResult? second) =>
            first?.Trial == second?.Trial && (first?.Trial is not null || Equals(first?.Spec, second?.Spec));

        public int GetHashCode(NetworkResult network) => HashCode.Combine(network.Trial, network.Name);
    }
}
