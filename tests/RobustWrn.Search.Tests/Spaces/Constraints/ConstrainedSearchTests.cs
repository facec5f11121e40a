using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ConstrainedSearchTests
{
    // Over three million points, of which squeeze and its ratio count only sometimes; twice the same activation makes twins.
    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(28, 10))
        .VaryDepths([1, 2, 3, 4, 5, 7, 9, 11])
        .VaryStages("first width", [0], [32, 48, 64, 96, 128, 160, 224], (stage, width) => stage with { Width = width })
        .VaryStages("second width", [1], [64, 96, 128, 192, 256, 320, 448], (stage, width) => stage with { Width = width })
        .Vary<IActivation>("activation", [new Relu(), new Silu()], (spec, activation) => spec.WithActivation(activation))
        .Vary("activation again", ["kept", "silu"], (spec, name) => name == "silu" ? spec.WithActivation(new Silu()) : spec)
        .Switch("squeeze", (spec, on) => on ? spec.WithBlock(new SqueezeExcitationBlock()) : spec)
        .When("squeeze", [true], inner => inner
            .Vary("ratio", [0.125, 0.25, 0.5], (spec, ratio) => spec.WithBlock(new SqueezeExcitationBlock { Ratio = ratio })))
        .AtMultiplyAdds(3e9, tolerance: 0.01, Free.Width(^1));

    public static TheoryData<string, int> Samplers => new()
    {
        { "random", 500 }, { "grid", 500 }, { "sobol", 500 }, { "regularized-evolution", 500 }, { "elite-mutation", 500 },
        { "nsga-ii", 500 }, { "tpe", 500 }, { "local-search", 500 }, { "gaussian-process", 40 },
    };

    [Theory]
    [MemberData(nameof(Samplers))]
    public void Propose_OfAConstrainedSpace_ViolatesNothingAndRepeatsNothing(string name, int trials)
    {
        ISampler sampler = DescriptionJson.Read<ISampler>($$"""{"version":1,"type":"{{name}}"}""");
        List<Observation> history = [];
        for (int trial = 0; trial < trials; trial++)
        {
            ValueList<int>? point = sampler.Propose(new SamplerContext(Space.Shape, [.. history], trial, RandomStream.From(5))).Point;
            Assert.NotNull(point);
            WideResNetSpec spec = Space.At(point);
            Assert.InRange(spec.Cost(32, 32).MultiplyAdds, 2.97e9, 3.03e9);
            Assert.Equal(point, Space.Shape.Canonical(point));
            history.Add(new(trial, point, Space.Shape.IdentityOf(point), TrialState.Completed)
            {
                Values = [-spec.Cost(32, 32).Parameters],
            });
        }

        Assert.Equal(trials, history.Select(trial => trial.Identity).Distinct().Count());
        Assert.Equal(trials, history.Select(trial => Space.At(trial.Point)).Distinct().Count());
    }

    [Fact]
    public void Study_OfFiveHundredTrials_Reopened_ViolatesNothingAndTrainsNoEqualNetworks()
    {
        SearchSpace<WideResNetSpec> space = Space.Identifying("whatever the activation", spec => spec.WithActivation(new Relu()));
        MemoryStudyStore store = new();
        List<WideResNetSpec> tried = [];
        for (int opened = 1; opened <= 2; opened++)
        {
            using Study<WideResNetSpec> study = Study.Open(space, new RegularizedEvolution(), seed: 6, store);
            while (tried.Count < 250 * opened && study.Ask() is { } trial)
            {
                tried.Add(trial.Spec);
                study.Tell(trial, new TrialOutcome(-trial.Spec.Cost(32, 32).Parameters));
            }
        }

        Assert.Equal(500, tried.Count);
        Assert.All(tried, spec => Assert.InRange(spec.Cost(32, 32).MultiplyAdds, 2.97e9, 3.03e9));
        Assert.Equal(500, tried.Select(spec => spec.WithActivation(new Relu())).Distinct().Count());
    }

    [Theory]
    [InlineData("regularized-evolution")]
    [InlineData("elite-mutation")]
    [InlineData("tpe")]
    [InlineData("local-search")]
    public void Propose_ConditionalSpace_FindsWhatCountsOnlySometimes(string name)
    {
        // The best of 5,450 points has all switches on and the last value in what they bring.
        SpaceShape shape = new(
            [2, 12, 2, 12, 50],
            kinds: [DimensionKind.Switch, DimensionKind.Ordered, DimensionKind.Switch, DimensionKind.Ordered, DimensionKind.Ordered],
            conditions: [new(1, 0, [1]), new(2, 1, [4, 5, 6, 7, 8, 9, 10, 11]), new(3, 2, [1])]);
        double best = Best(name), random = Best("random");

        // 1 + 11 + 1 + 11 + 49 at the best point.
        Assert.InRange(best, 70, 73);
        Assert.True(best > random, $"{best} is no better than {random} at random");

        double Best(string type)
        {
            ISampler sampler = DescriptionJson.Read<ISampler>($$"""{"version":1,"type":"{{type}}"}""");
            List<Observation> history = [];
            for (int trial = 0; trial < 400; trial++)
            {
                ValueList<int> point = sampler.Propose(new SamplerContext(shape, [.. history], trial, RandomStream.From(2))).Point!;
                history.Add(new(trial, point, shape.IdentityOf(point), TrialState.Completed) { Values = [point.Sum()] });
            }
            return history.Max(trial => trial.Values[0]);
        }
    }
}
