using RobustWrn;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>
/// The hypervolume of the front over several objectives, network by network. Shares are measured from 0; costs that are known before a
/// training from the largest of the space, and other numbers from the worst that was measured, both in parts of it. So it is in [0, 1]
/// unless a number may be negative, and never falls.
/// </summary>
/// <param name="objectives">At least two.</param>
/// <param name="bounds">The worst of some of them, by name, as far as is known before.</param>
internal sealed class Growth(IReadOnlyList<StudyObjective> objectives, IReadOnlyDictionary<string, double> bounds)
{
    private readonly List<NetworkResult> _networks = [];
    private readonly List<double> _values = [];
    private readonly double[] _worst = [.. objectives.Select(objective => bounds.TryGetValue(objective.Name, out double worst) ? worst
        : objective.Maximised ? double.PositiveInfinity : double.NegativeInfinity)];
    private List<double[]> _front = [];

    /// <summary>The hypervolume after each network.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>The networks, as they came.</summary>
    public IReadOnlyList<NetworkResult> Networks => _networks;

    /// <summary>The reference point, in words.</summary>
    public string Reference => string.Join(", ", objectives.Select((objective, o) => objective.Kind == ObjectiveKind.Share
        ? $"{objective.Name} {(objective.Maximised ? 0 : 1)}" : $"{objective.Name} {Measured.Text(objective, _worst[o])}"));

    /// <summary>One more network, measured in all objectives.</summary>
    public void Add(NetworkResult network)
    {
        _networks.Add(network);
        bool moved = false;
        for (int o = 0; o < objectives.Count; o++)
        {
            double value = Measured.Of(network, objectives[o])!.Value;
            if (objectives[o].Kind == ObjectiveKind.Share || (objectives[o].Maximised ? value >= _worst[o] : value <= _worst[o]))
                continue;
            _worst[o] = value;
            moved = true;
        }
        if (!moved)
        {
            Append(network);
            return;
        }
        // Measured from another corner, all that was before is other numbers.
        _values.Clear();
        _front = [];
        foreach (NetworkResult earlier in _networks)
            Append(earlier);
    }

    private void Append(NetworkResult network)
    {
        double[] point = [.. objectives.Select((objective, o) => Gain(objective, Measured.Of(network, objective)!.Value, _worst[o]))];
        if (_values.Count > 0 && _front.Exists(other => ParetoFront.Dominates(other, point) || other.SequenceEqual(point)))
        {
            _values.Add(_values[^1]);
            return;
        }
        _front.RemoveAll(other => ParetoFront.Dominates(point, other));
        _front.Add(point);
        _values.Add(Hypervolume.Of(_front, new double[point.Length]));
    }

    // Above 0 where it is better than the reference.
    private static double Gain(StudyObjective objective, double value, double worst) =>
        objective.Kind == ObjectiveKind.Share ? (objective.Maximised ? value : 1 - value)
        : objective.Maximised ? value - worst
        : worst > 0 ? (worst - value) / worst : worst - value;
}
