using CsCheck;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>What every sampler must keep. A new sampler is found here without a line elsewhere.</summary>
public sealed class SamplerContract
{
    // Sizes and a filter that keeps the points whose hash is not below a threshold: from everything to nothing. In every second space each
    // other dimension counts only where the one before has its last value.
    private static readonly Gen<SpaceShape> SmallSpaces = Gen.Select(Gen.Int[1, 4].Array[1, 4], Gen.Int[0, 10], Gen.Int[0, 1_000], (sizes, threshold, salt) =>
        new SpaceShape(
            [.. sizes],
            point => point.Aggregate(salt, (hash, index) => (hash * 31 + index + 17) % 9_973) % 10 >= threshold,
            conditions: salt % 2 == 0 ? []
                : [.. Enumerable.Range(0, sizes.Length).Where(d => d % 2 == 1)
                    .Select(d => new DimensionCondition(d, d - 1, [sizes[d - 1] - 1]))]));

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Propose_UntilExhausted_GivesEveryKeptPointExactlyOnceAndThenAReason(string name) => Gen.Select(SmallSpaces, Gen.Int[0, 1_000]).Sample((space, seed) =>
    {
        ISampler sampler = SamplerCases.Get(name);
        List<ValueList<int>> points = SamplerRun.Points(sampler, space, seed);

        Assert.Equal(points.Count, points.Distinct().Count());
        Assert.Equal(space.Grid().Where(space.Keeps).ToHashSet(), points.ToHashSet());
        Proposal none = SamplerRun.Propose(sampler, space, seed, points);
        Assert.Null(none.Point);
        Assert.False(string.IsNullOrWhiteSpace(none.Reason));
    }, iter: 30, threads: 1);

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Propose_ResumedAfterAnyTrial_GivesWhatAnUninterruptedRunGives(string name) => Gen.Select(SmallSpaces, Gen.Int[0, 1_000]).Sample((space, seed) =>
    {
        List<ValueList<int>> points = SamplerRun.Points(SamplerCases.Get(name), space, seed);

        // Backwards, with a sampler read from its JSON: nothing may be remembered between calls.
        ISampler again = DescriptionJson.Read<ISampler>(DescriptionJson.Write(SamplerCases.Get(name)));
        for (int k = points.Count - 1; k >= 0; k--)
            Assert.Equal(points[k], SamplerRun.Propose(again, space, seed, points[..k]).Point);
    }, iter: 20, threads: 1);

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Propose_AnotherSeed_DiffersExactlyForSamplersThatSayTheyDependOnIt(string name)
    {
        ISampler sampler = SamplerCases.Get(name);
        SpaceShape space = new([6, 7]);
        IEnumerable<string> orders = Enumerable.Range(0, 5).Select(seed => string.Concat(SamplerRun.Points(sampler, space, seed)));

        Assert.Equal(sampler.DependsOnSeed ? 5 : 1, orders.Distinct().Count());
    }

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Propose_HugeSparseSpace_EndsWithinABoundedNumberOfLooks(string name)
    {
        long looks = 0;
        SpaceShape space = new([1_000, 1_000, 1_000], point =>
        {
            looks++;
            return point.Equals([999, 999, 998]) || point.Equals([999, 999, 999]);
        });

        Proposal proposal = SamplerRun.Propose(SamplerCases.Get(name), space, seed: 1, []);

        Assert.True(proposal.Point is { } point ? space.Keeps(point) : proposal.Reason!.Length > 0);
        Assert.InRange(looks, 0, 1_000_001);
    }

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Propose_SpaceBeyond64Bits_GivesKeptPointsOnceOrAReason(string name)
    {
        SpaceShape space = new([.. Enumerable.Repeat(10, 30)], point => point.Sum() % 2 == 0);
        List<ValueList<int>> points = SamplerRun.Points(SamplerCases.Get(name), space, seed: 1, most: 50);

        Assert.All(points, point => Assert.True(space.Keeps(point)));
        Assert.Equal(points.Count, points.Distinct().Count());
        if (points.Count < 50)
            Assert.False(string.IsNullOrWhiteSpace(SamplerRun.Propose(SamplerCases.Get(name), space, seed: 1, points).Reason));
    }

    [Theory, MemberData(nameof(SamplerCases.Names), MemberType = typeof(SamplerCases))]
    public void Study_InterruptedAfterEachTrial_EndsInTheTrialsOfAnUninterruptedOne(string name)
    {
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", [8, 16, 24, 32], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }))
            .Vary<ValueList<int>>("depths", [[1, 1, 1], [1, 1, 2], [2, 1, 1]], (spec, depths) => spec.WithDepths(depths.AsSpan()))
            .Where("at most 11 MMACs", spec => spec.Cost(32, 32).MultiplyAdds <= 11_000_000);
        MemoryStudyStore whole = new(), pieces = new();

        ValueList<TrialRecord> expected = Steps(whole, 20);
        for (int told = 0; told < expected.Count; told++)
            Steps(pieces, 1);

        Assert.InRange(expected.Count, 2, 11);
        Assert.Equal(expected, Steps(pieces, 20));

        ValueList<TrialRecord> Steps(IStudyStore store, int tells)
        {
            using Study<WideResNetSpec> study = Study.Open(space, SamplerCases.Get(name), seed: 4, store);
            for (; tells > 0 && study.Ask() is { } trial; tells--)
                study.Tell(trial, new TrialOutcome(new Proportion(trial.Spec.Cost(32, 32).Parameters % 1_000, 1_000)));
            _ = study.Ask();
            return study.Trials.Select(trial => trial.WithoutTimes()).ToValueList();
        }
    }
}
