using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>A study reduced to its bones: asks a sampler, scores the point by a fixed rule, asks again.</summary>
internal static class SamplerRun
{
    /// <summary>The points proposed one after another, until none is, or <paramref name="most"/> are, or one must have come twice.</summary>
    public static List<ValueList<int>> Points(ISampler sampler, SpaceShape space, long seed, int most = int.MaxValue)
    {
        List<ValueList<int>> points = [];
        while (points.Count < most && points.Count <= space.Points && Propose(sampler, space, seed, points).Point is { } point)
            points.Add(point);
        return points;
    }

    /// <summary>What the sampler proposes after the given points.</summary>
    public static Proposal Propose(ISampler sampler, SpaceShape space, long seed, IReadOnlyList<ValueList<int>> before) =>
        sampler.Propose(new SamplerContext(space, [.. before.Select((point, number) => Told(space, point, number))], before.Count, RandomStream.From(seed)));

    // Every fifth has failed.
    private static Observation Told(SpaceShape space, ValueList<int> point, int number) =>
        new(number, point, space.IdentityOf(point), number % 5 == 4 ? TrialState.Failed : TrialState.Completed)
        {
            Values = number % 5 == 4 ? [] : [point.Aggregate(7, (score, index) => (31 * score + index) % 100) / 100.0],
        };
}
