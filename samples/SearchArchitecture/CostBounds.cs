using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>
/// The most that networks of a search may cost, known before any is trained: what the hypervolume of costs is measured from.
/// </summary>
internal static class CostBounds
{
    // Looked at one by one in about a second; of larger spaces as many points as are drawn in as long.
    private const int MostEnumerated = 20_000, Drawn = 2_000;

    /// <summary>The largest multiply-adds and parameters, by the name of the objective; nothing where neither is looked for.</summary>
    /// <param name="experiment">The experiment, checked.</param>
    /// <param name="cancellationToken">Checked between networks.</param>
    public static IReadOnlyDictionary<string, double> Of(RobustExperiment experiment, CancellationToken cancellationToken)
    {
        Dictionary<string, Func<NetworkCost, double>> costs = [];
        if (experiment.Goals.OfType<MultiplyAddCount>().FirstOrDefault() is { } multiplyAdds)
            costs[multiplyAdds.Objective.Name] = cost => cost.MultiplyAdds;
        if (experiment.Goals.OfType<ParameterCount>().FirstOrDefault() is { } parameters)
            costs[parameters.Objective.Name] = cost => cost.Parameters;
        Dictionary<string, double> most = [];
        foreach (INetworkSpec spec in costs.Count == 0 ? [] : Networks(experiment))
        {
            cancellationToken.ThrowIfCancellationRequested();
            NetworkCost cost = spec.Cost(experiment.Data.Training.Train.Height, experiment.Data.Training.Train.Width);
            foreach ((string name, Func<NetworkCost, double> of) in costs)
                most[name] = Math.Max(of(cost), most.GetValueOrDefault(name));
        }
        return most;
    }

    private static IEnumerable<INetworkSpec> Networks(RobustExperiment experiment)
    {
        SearchSpace<INetworkSpec> space = experiment.Space!;
        RandomSequence draws = RandomStream.From(0).For("cost bounds").Sequence();
        IEnumerable<ValueList<int>> points = space.Size <= MostEnumerated
            ? space.Shape.Grid() : Enumerable.Range(0, Drawn).Select(_ => space.Shape.Draw(draws));
        return experiment.Baselines.Concat(points.Select(space.Judge).Where(verdict => verdict.Kept).Select(verdict => verdict.Spec!));
    }
}
