namespace RobustWrn.Core.Tests;

public class RandomSequenceTests
{
    private static readonly RandomStream Stream = RandomStream.From(9).For("sequence");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(100)]
    public void NextInt_SmallBound_IsInRangeAndUnbiased(int bound)
    {
        const int Draws = 50_000;
        RandomSequence sequence = Stream.Sequence(bound);
        int[] counts = new int[bound];
        for (int i = 0; i < Draws; i++)
            counts[sequence.NextInt(bound)]++;

        double expected = (double)Draws / bound;
        Assert.True(counts.Sum(count => (count - expected) * (count - expected) / expected) <= bound - 1 + 5 * Math.Sqrt(2 * (bound - 1)));
    }

    [Fact]
    public void NextInt_BoundOfThreeQuartersOfTheRange_FillsBothHalvesEvenly()
    {
        // 2^64 is 8/3 of the bound: a draw modulo the bound without rejection would land in the lower third with probability 3/8.
        const long Bound = (3L << 61);
        RandomSequence sequence = Stream.Sequence();

        int low = Enumerable.Range(0, 30_000).Count(_ => sequence.NextInt(Bound) < Bound / 3);

        Assert.InRange(low, 10_000 - 4 * 82, 10_000 + 4 * 82);
    }

    [Fact]
    public void NextInt_LargestBound_StaysInRange()
    {
        RandomSequence sequence = Stream.Sequence();

        Assert.All(Enumerable.Range(0, 1000), _ => Assert.InRange(sequence.NextInt(long.MaxValue), 0, long.MaxValue - 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void NextInt_BoundBelowOne_IsRefused(long bound) => Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Sequence().NextInt(bound));

    [Fact]
    public void NextDouble_ManyDraws_IsUniform()
    {
        RandomSequence sequence = Stream.Sequence();
        double[] draws = [.. Enumerable.Range(0, 100_000).Select(_ => sequence.NextDouble())];

        Assert.All(draws, draw => Assert.True(draw is >= 0 and < 1));
        Assert.InRange(draws.Average(), 0.5 - 4 * Math.Sqrt(1 / 12.0 / draws.Length), 0.5 + 4 * Math.Sqrt(1 / 12.0 / draws.Length));
    }

    [Fact]
    public void Sequence_TakenTwice_DrawsTheSameAndAnotherExampleOthers()
    {
        RandomSequence first = Stream.Sequence(3), again = Stream.Sequence(3), other = Stream.Sequence(4);

        ulong[] expected = [.. Enumerable.Range(0, 20).Select(_ => first.NextUInt64())];

        Assert.Equal(expected, Enumerable.Range(0, 20).Select(_ => again.NextUInt64()));
        Assert.DoesNotContain(other.NextUInt64(), expected);
    }
}
