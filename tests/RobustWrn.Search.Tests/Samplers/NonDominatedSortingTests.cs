using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public class NonDominatedSortingTests
{
    private static readonly Gen<Observation[]> Trials = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 6]).Array[1, 30].Select(values =>
        values.Select((pair, i) => Told(i, pair.Item1, pair.Item2)).ToArray());

    private static Observation Told(int number, params ValueList<double> values) =>
        new(number, [number], $"{number}", TrialState.Completed) { Values = values };

    [Fact]
    public void Best_OneObjective_IsTheOrderOfValuesAndThenOfNumbers() => Assert.Equal(
        [1, 3, 0],
        NonDominatedSorting.Best([Told(0, 0.2), Told(1, 0.5), Told(2, 0.1), Told(3, 0.5)], 3).Select(trial => trial.Number));

    [Fact]
    public void Best_AnyTrials_PutsNoneBeforeOneThatDominatesIt() => Trials.Sample(trials =>
    {
        IReadOnlyList<Observation> order = NonDominatedSorting.Best(trials, trials.Length);
        Assert.Equal(trials.Length, order.Distinct().Count());
        for (int i = 0; i < order.Count; i++)
            Assert.DoesNotContain(order.Skip(i), later => ParetoFront.Dominates(later.Values, order[i].Values));
    }, iter: 500, threads: 1);

    [Fact]
    public void Best_AnyTrials_BeginsWithTheWholeFrontThatAnotherRuleFinds() => Trials.Sample(trials =>
    {
        HashSet<int> front = [.. ParetoFront.Of(trials, ParetoObjective.Maximise<Observation>("a", trial => trial.Values[0]),
            ParetoObjective.Maximise<Observation>("b", trial => trial.Values[1])).Select(trial => trial.Number)];
        Assert.Equal(front, NonDominatedSorting.Best(trials, front.Count).Select(trial => trial.Number).ToHashSet());
    }, iter: 500, threads: 1);

    [Fact]
    public void Best_CrowdedFront_KeepsItsEndsAndTheEmptyPlaces() => Assert.Equal(
        [0, 4, 3],
        NonDominatedSorting.Best([Told(0, 0, 10), Told(1, 1, 9), Told(2, 1.1, 8.9), Told(3, 5, 5), Told(4, 10, 0)], 3).Select(trial => trial.Number));
}
