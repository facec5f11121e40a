using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>A study reduced to its bones: asks a sampler, scores the point by a fixed rule, asks again.</summary>
internal static class SamplerRun
{
    /// <summary>The points proposed one after another, until none is, or <paramref name="most"/> are, or one must have come twice.</summary>
    public static List<ValueList<int>> Points(ISampler sampler, SpaceShape space, long seed, int most = int.MaxValue, DateTimeOffset clock = default)
    {
        List<ValueList<int>> points = [];
        while (points.Count < most && points.Count <= space.Points && Propose(sampler, space, seed, points, clock).Point is { } point)
            points.Add(point);
        return points;
    }

    /// <summary>What the sampler proposes after the given points.</summary>
    public static Proposal Propose(ISampler sampler, SpaceShape space, long seed, IReadOnlyList<ValueList<int>> before, DateTimeOffset clock = default) =>
        sampler.Propose(new SamplerContext(space, before.Select((point, number) => Record(point, number, clock)).ToValueList(), before.Count, RandomStream.From(seed)));

    private static TrialRecord Record(ValueList<int> point, int number, DateTimeOffset clock) => new()
    {
        Number = number,
        Point = point,
        Values = [],
        Spec = "{}",
        SpecFingerprint = "",
        State = number % 5 == 4 ? TrialState.Failed : TrialState.Completed,
        Score = number % 5 == 4 ? null : new Proportion(point.Aggregate(7, (score, index) => (31 * score + index) % 100), 100),
        FailureReason = number % 5 == 4 ? "a loss that is not a number" : null,
        Started = clock.AddMinutes(number),
        Finished = clock.AddMinutes(2 * number),
        Seconds = 60 * number,
    };
}
