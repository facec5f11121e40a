using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class SamplerTests
{
    private static SamplerContext Context(SpaceShape space, long seed, params ReadOnlySpan<ValueList<int>> tried)
    {
        Observation[] history = new Observation[tried.Length];
        for (int i = 0; i < history.Length; i++)
            history[i] = new Observation(i, tried[i], space.IdentityOf(tried[i]), TrialState.Completed) { Values = [0.5] };
        return new SamplerContext(space, [.. history], history.Length, RandomStream.From(seed));
    }

    [Theory]
    [InlineData(2, 5)] // drawn
    [InlineData(120, 120)] // mostly listed: of 14,400 points ten are kept, so a hundred draws seldom find one
    public void Random_OverSeeds_DrawsKeptUntriedPointsUniformly(int rows, int columns)
    {
        SpaceShape space = new([rows, columns], point => point[0] + point[1] < 4 && (rows > 2 || point[0] < 2));
        ValueList<int>[] kept = [.. space.Grid().Where(space.Keeps)];
        ValueList<int>[] left = kept[1..];
        int draws = rows > 2 ? 270 : 3_000;
        Dictionary<ValueList<int>, int> counts = left.ToDictionary(point => point, _ => 0);
        for (int seed = 0; seed < draws; seed++)
            counts[new RandomSampler().Propose(Context(space, seed, kept[0])).Point!]++;

        // Pearson's statistic over 6 or 9 cells; its 99.99 % quantile at 8 degrees of freedom is 31.8.
        double expected = (double)draws / left.Length;
        Assert.InRange(counts.Values.Sum(count => (count - expected) * (count - expected) / expected), 0, 31.8);
    }

    [Fact]
    public void Random_LargeSpaceThatKeepsNothing_GivesUpAndSaysWhatToDo() => Assert.Equal(
        "1,000 random points of 1,000,000,000 were tried before or are rejected by the filters. Narrow the dimensions, or raise RandomSampler.Tries.",
        new RandomSampler { Tries = 1_000 }.Propose(Context(new SpaceShape([1_000, 1_000, 1_000], _ => false), 1)).Reason);

    [Fact]
    public void Grid_LargeSpaceThatKeepsNothing_GivesUpAndSaysWhatToDo() => Assert.Equal(
        "1,000 points of the grid in a row are rejected by the filters. Narrow the dimensions, or raise GridSampler.Tries.",
        new GridSampler { Tries = 1_000 }.Propose(Context(new SpaceShape([1_000, 1_000, 1_000], _ => false), 1)).Reason);

    [Fact]
    public void Grid_ShuffledLargeSpace_SaysWhatToUse() => Assert.Equal(
        "a shuffled grid must have at most 100,000 points, got 1,000,000. Use RandomSampler, which does not repeat either.",
        new GridSampler { Shuffled = true }.Propose(Context(new SpaceShape([1_000, 1_000]), 1)).Reason);

    [Fact]
    public void Grid_PlainOrder_IsLexicographicWithTheLastDimensionFastest()
    {
        SpaceShape space = new([2, 3], point => !point.Equals([0, 1]));
        List<ValueList<int>> tried = [];
        while (new GridSampler().Propose(Context(space, 1, [.. tried])).Point is { } point)
            tried.Add(point);

        Assert.Equal([[0, 0], [0, 2], [1, 0], [1, 1], [1, 2]], tried);
    }

    [Fact]
    public void Propose_InvalidSampler_IsRefused() =>
        Assert.Throws<InvalidDescriptionException>(() => new GridSampler { Tries = 0 }.Propose(Context(new SpaceShape([2]), 1)));
}
