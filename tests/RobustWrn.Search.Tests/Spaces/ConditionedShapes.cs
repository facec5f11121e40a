using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>Shapes of few dimensions, any of which may depend on one or two before it.</summary>
internal static class ConditionedShapes
{
    public static Gen<SpaceShape> Any { get; } = Gen.Select(Gen.Int[1, 4].Array[1, 6], Gen.Int[0, 1_000_000], (sizes, seed) =>
    {
        RandomSequence draws = RandomStream.From(seed).For("conditions").Sequence();
        List<DimensionCondition> conditions = [];
        for (int d = 1; d < sizes.Length; d++)
        {
            for (int i = 0; i < draws.NextInt(3); i++)
            {
                int parent = (int)draws.NextInt(d);
                int[] values = [.. Enumerable.Range(0, sizes[parent]).Where(_ => draws.NextInt(2) == 0)];
                conditions.Add(new(d, parent, [.. values]));
            }
        }
        DimensionKind[] kinds = [.. sizes.Select(_ => (DimensionKind)draws.NextInt(2))];
        return new SpaceShape([.. sizes], kinds: [.. kinds], conditions: [.. conditions]);
    });

    /// <summary>Tells whether a dimension counts, by the words of the definition.</summary>
    public static bool Counts(SpaceShape shape, IReadOnlyList<int> point, int dimension) => shape.Conditions
        .Where(condition => condition.Dimension == dimension)
        .All(condition => condition.Values.Contains(point[condition.Parent]) && Counts(shape, point, condition.Parent));

    /// <summary>All points of the full grid.</summary>
    public static IEnumerable<ValueList<int>> FullGrid(SpaceShape shape) => new SpaceShape(shape.Sizes).Grid();

    public static bool IsCanonical(SpaceShape shape, ValueList<int> point) =>
        Enumerable.Range(0, point.Count).All(d => point[d] == 0 || Counts(shape, point, d));
}
