using System.Globalization;
using System.Numerics;
using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>A search before it begins: the number of its networks, those that come first, and the time that it would take.</summary>
internal static class Preview
{
    private const int MostShown = 8;

    public static void Print(Setup setup, CancellationToken cancellationToken)
    {
        foreach (string line in Introduction.Lines(setup))
            Wrapped.WriteLine(line);
        SearchSpace<INetworkSpec> space = setup.Experiment.Space!;
        Wrapped.WriteLine($"The space: {space}");
        Wrapped.WriteLine(Count(space, cancellationToken));
        Console.WriteLine();
        (Trial<INetworkSpec>[] first, string? end) = First(setup.Experiment);
        if (first.Length > 0)
            Console.WriteLine(first.Length == 1 ? "The first trial:" : $"The first {first.Length} trials:");
        int width = first.Select(trial => trial.Spec.Name.Length).DefaultIfEmpty().Max();
        foreach (Trial<INetworkSpec> trial in first)
        {
            cancellationToken.ThrowIfCancellationRequested();
            NetworkCost cost = Cost(trial.Spec, setup.Experiment);
            Console.WriteLine($"  {NetworkResult.Place(trial.Number),-8}  {trial.Spec.Name.PadRight(width)}  "
                + $"{Quantity.Short(cost.MultiplyAdds),8} MACs  {Quantity.Short(cost.Parameters),8} parameters");
        }
        if (end is not null)
            Wrapped.WriteLine($"There is no trial: {end}");
        if (setup.Choices.Estimate)
            Wrapped.WriteLine($"{Environment.NewLine}Estimate: {setup.Experiment.Estimate(cancellationToken)}");
    }

    /// <summary>
    /// The trials that the search begins with: those of its first batch, which nothing that it measures changes, and the very first of a
    /// search that has no batches.
    /// </summary>
    private static (Trial<INetworkSpec>[] Trials, string? End) First(RobustExperiment experiment)
    {
        using Study<INetworkSpec> study = Study.Open(experiment.Space!, experiment.Sampler!, experiment.Seed, options: new StudyOptions
        {
            Width = experiment.BatchWidth,
            MaxTrials = Math.Min(MostShown, Math.Min(experiment.Budget.MaxTrials, experiment.BatchWidth ?? 1)),
            Objectives = experiment.Goals.Select(goal => goal.Objective).ToValueList(),
        });
        List<Trial<INetworkSpec>> trials = [];
        while (study.Ask() is { } trial)
            trials.Add(trial);
        return ([.. trials], trials.Count == 0 ? study.EndReason : null);
    }

    private static string Count(SearchSpace<INetworkSpec> space, CancellationToken cancellationToken)
    {
        BigInteger size = space.Size;
        if (size > SpaceShape.EnumerationLimit)
            return $"{size.ToString("N0", CultureInfo.InvariantCulture)} points, too many to look at each.";
        HashSet<string> networks = [];
        foreach (ValueList<int> point in space.Shape.Grid().Where(space.Shape.Keeps))
        {
            cancellationToken.ThrowIfCancellationRequested();
            networks.Add(space.Shape.IdentityOf(point));
        }
        return $"{Quantity.Of(networks.Count, "different network")}, of {Quantity.Of((long)size, "point")}.";
    }

    private static NetworkCost Cost(INetworkSpec spec, RobustExperiment experiment) =>
        spec.Cost(experiment.Data.Training.Train.Height, experiment.Data.Training.Train.Width);
}
