using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ConditionedShapeTests
{
    [Fact]
    public void Grid_AnyConditions_HasEveryCanonicalPointOnceInOrder_AndGoesOnBehindAnyPoint() => ConditionedShapes.Any.Sample(shape =>
    {
        ValueList<int>[] expected = [.. ConditionedShapes.FullGrid(shape).Where(point => ConditionedShapes.IsCanonical(shape, point))];

        Assert.Equal(expected, shape.Grid());
        Assert.Equal(expected.Length, shape.Points);
        for (int i = 0; i < expected.Length; i += 7)
            Assert.Equal(expected[(i + 1)..], shape.Grid(after: expected[i]));
    }, iter: 200);

    [Fact]
    public void Canonical_AnyPoint_IsTheOneThatDiffersOnlyWhereNothingCounts() => ConditionedShapes.Any.Sample(shape =>
    {
        foreach (ValueList<int> point in ConditionedShapes.FullGrid(shape))
        {
            ValueList<int> canonical = shape.Canonical(point);

            Assert.True(ConditionedShapes.IsCanonical(shape, canonical));
            Assert.Equal(canonical, shape.Canonical(canonical));
            Assert.Equal(canonical.Equals(point), shape.Keeps(point));
            for (int d = 0; d < point.Count; d++)
            {
                Assert.Equal(ConditionedShapes.Counts(shape, canonical, d), shape.IsActive(canonical, d));
                Assert.True(canonical[d] == point[d] || !shape.IsActive(canonical, d));
            }
        }
    }, iter: 100);

    [Fact]
    public void Neighbours_AnyCanonicalPoint_AreTheCanonicalPointsOneStepAway() => ConditionedShapes.Any.Sample(shape =>
    {
        foreach (ValueList<int> point in shape.Grid())
        {
            ValueList<int>[] neighbours = [.. shape.Neighbours(point)];

            Assert.All(neighbours, neighbour => Assert.True(ConditionedShapes.IsCanonical(shape, neighbour)));
            Assert.DoesNotContain(point, neighbours);
            Assert.Equal(neighbours.Length, neighbours.Distinct().Count());
            Assert.Equal(
                Enumerable.Range(0, point.Count).Where(d => shape.IsActive(point, d)).Sum(d => shape.Sizes[d] - 1), neighbours.Length);
        }
    }, iter: 100);

    [Fact]
    public void Neighbours_FollowedFromTheFirstPoint_ReachEveryPoint() => ConditionedShapes.Any.Sample(shape =>
    {
        HashSet<ValueList<int>> reached = [shape.Grid().First()];
        Queue<ValueList<int>> open = new(reached);
        while (open.TryDequeue(out ValueList<int>? point))
        {
            foreach (ValueList<int> neighbour in shape.Neighbours(point).Where(reached.Add))
                open.Enqueue(neighbour);
        }

        Assert.Equal(shape.Grid().ToHashSet(), reached);
    }, iter: 100);

    [Fact]
    public void DrawAndVariation_AnyConditions_StayCanonicalAndReachAll() => Gen.Select(ConditionedShapes.Any, Gen.Int[0, 1_000])
        .Sample((shape, seed) =>
    {
        RandomSequence draws = RandomStream.From(seed).For("test").Sequence();
        Variation variation = new(shape, draws);
        ValueList<int> parent = shape.Draw(draws), other = shape.Draw(draws);
        for (int i = 0; i < 50; i++)
        {
            ValueList<int>[] made = [parent, other, variation.Mutated(parent), variation.Mutated(parent, 0.5),
                variation.Crossed(parent, other)];
            Assert.All(made, point => Assert.True(ConditionedShapes.IsCanonical(shape, point)));
            (parent, other) = (made[2], made[4]);
        }
    }, iter: 100);

    [Fact]
    public void Draw_ManyTimes_ReachesEveryPoint()
    {
        SpaceShape shape = new([2, 3, 2], conditions: [new(1, 0, [1]), new(2, 1, [2])]);
        RandomSequence draws = RandomStream.From(1).For("test").Sequence();

        Assert.Equal(shape.Grid().ToHashSet(), Enumerable.Range(0, 300).Select(_ => shape.Draw(draws)).ToHashSet());
    }

    [Fact]
    public void Points_LongChainAndWideSpace_AreExact()
    {
        // Each dimension counts where the one before is on: one more point for each.
        SpaceShape chain = new([.. Enumerable.Repeat(2, 15)],
            conditions: [.. Enumerable.Range(1, 14).Select(d => new DimensionCondition(d, d - 1, [1]))]);
        Assert.Equal(16, chain.Points);

        // A switch with three values behind it, thirty times: 1 + 3 each.
        SpaceShape wide = new(
            [.. Enumerable.Range(0, 60).Select(d => d % 2 == 0 ? 2 : 3)],
            conditions: [.. Enumerable.Range(0, 30).Select(i => new DimensionCondition(2 * i + 1, 2 * i, [1]))]);
        Assert.Equal(System.Numerics.BigInteger.Pow(4, 30), wide.Points);
    }

    [Theory]
    [InlineData(0, 0, 0, "a condition must join a dimension of 2 with one before it, got dimension 0 where dimension 0 is one of [0].")]
    [InlineData(2, 0, 0, "a condition must join a dimension of 2 with one before it, got dimension 2 where dimension 0 is one of [0].")]
    [InlineData(1, 0, 3, "a condition must name indices below the 3 of its parent, got dimension 1 where dimension 0 is one of [3].")]
    public void SpaceShape_ConditionOnWhatIsNotBefore_IsRefused(int dimension, int parent, int value, string message) => Assert.StartsWith(
        message, Assert.Throws<ArgumentException>(() => new SpaceShape([3, 2], conditions: [new(dimension, parent, [value])])).Message);
}
