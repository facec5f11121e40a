using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>Samplers that learn find more than drawing does, on functions whose best point is known.</summary>
public class LearningTests
{
    private static readonly SpaceShape Space = new(
        [5, 5, 5, 12, 12],
        kinds: [DimensionKind.Categorical, DimensionKind.Categorical, DimensionKind.Categorical, DimensionKind.Ordered, DimensionKind.Ordered]);

    public static TheoryData<string> Names() => [.. Learning.Keys];

    private static readonly Dictionary<string, ISampler> Learning = new()
    {
        [LocalSearch.TypeName] = new LocalSearch(),
        [RegularizedEvolution.TypeName] = new RegularizedEvolution { Population = 20, Tournament = 5 },
        [EliteMutation.TypeName] = new EliteMutation(),
        [NonDominatedSortingEvolution.TypeName] = new NonDominatedSortingEvolution(),
        [TreeParzenEstimator.TypeName] = new TreeParzenEstimator(),
        [GaussianProcessSampler.TypeName] = new GaussianProcessSampler { Candidates = 100 },
    };

    // Pairs of categories matter together, so that no dimension can be chosen alone.
    private static ValueList<double> Values(ValueList<int> point) =>
    [
        -Math.Abs(point[0] - (2 * point[1] + 1) % 5) - (point[2] == 3 ? 0 : 1) - Math.Abs(point[3] - 7) / 4.0 - Math.Abs(point[4] - 2) / 4.0,
    ];

    private static List<Observation> Run(ISampler sampler, int seed, int trials, int width, Func<ValueList<int>, ValueList<double>> values)
    {
        List<Observation> history = [];
        while (history.Count < trials)
        {
            int from = history.Count;
            for (int number = from; number < Math.Min(trials, from + width); number++)
            {
                ValueList<int> point = sampler.Propose(new SamplerContext(Space, [.. history], number, RandomStream.From(seed))).Point!;
                history.Add(new Observation(number, point, Space.IdentityOf(point), TrialState.Pending));
            }
            for (int i = from; i < history.Count; i++)
                history[i] = history[i] with { State = TrialState.Completed, Values = values(history[i].Point) };
        }
        return history;
    }

    [Theory, MemberData(nameof(Names))]
    public void Propose_FunctionWithStructure_FindsMoreThanRandom(string name)
    {
        double learned = Mean(Learning[name]), drawn = Mean(new RandomSampler());
        Assert.True(learned > drawn + 0.2, $"{name} {learned:0.00}, random {drawn:0.00}");

        static double Mean(ISampler sampler) => Enumerable.Range(0, 6).Average(seed => Run(sampler, seed, 80, 1, Values).Max(trial => trial.Values[0]));
    }

    [Theory, MemberData(nameof(Names))]
    public void Propose_EightAtOnce_ProposesEightNetworksAndStillLearns(string name)
    {
        List<Observation> history = Run(Learning[name], 3, 96, 8, Values);
        Assert.Equal(96, history.Select(trial => trial.Identity).Distinct().Count());
        Assert.True(history.Skip(64).Average(trial => trial.Values[0]) > history.Take(16).Average(trial => trial.Values[0]) + 0.3);
    }

    [Theory, MemberData(nameof(Names))]
    public void Propose_TwoObjectives_GrowsTheFrontOnBothSides(string name)
    {
        List<Observation> history = Run(Learning[name], 1, 80, 1, point => [Values(point)[0], -point[3]]);
        Assert.Contains(history.Skip(40), trial => trial.Values[1] >= -1 && trial.Values[0] > -3);
    }

    [Theory, MemberData(nameof(Names))]
    public void Propose_ThreeObjectives_GivesPoints(string name) =>
        Assert.Equal(40, Run(Learning[name], 1, 40, 4, point => [Values(point)[0], -point[3], point[4]]).Count);

    [Fact]
    public void Propose_NetworksThatAreEqual_AreTriedOnce()
    {
        SpaceShape halved = new([4, 4], identity: point => $"{point[0] / 2},{point[1]}");
        foreach (ISampler sampler in Learning.Values.Concat([new RandomSampler(), new GridSampler(), new SobolSampler()]))
        {
            List<Observation> history = [];
            while (sampler.Propose(new SamplerContext(halved, [.. history], history.Count, RandomStream.From(1))).Point is { } point)
                history.Add(new Observation(history.Count, point, halved.IdentityOf(point), TrialState.Completed) { Values = [point[0]] });
            Assert.Equal((8, 8), (history.Count, history.Select(trial => trial.Identity).Distinct().Count()));
        }
    }
}
