using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class RandomStreamTests
{
    private static readonly RandomStream Stream = RandomStream.From(2026).For("test");

    [Fact]
    public void Uniform_ManyDraws_HasTheMomentsOfTheUniformAndStaysInRange()
    {
        float[] draws = new float[400_000];
        Stream.FillUniform(draws, example: 5);

        Assert.All(draws, draw => Assert.True(draw is >= 0 and < 1));
        Assert.InRange(draws.Average(draw => (double)draw), 0.5 - 4 * Math.Sqrt(1 / 12.0 / draws.Length), 0.5 + 4 * Math.Sqrt(1 / 12.0 / draws.Length));
        Assert.InRange(draws.Average(draw => Math.Pow(draw - 0.5, 2)), 1 / 12.0 - 5e-4, 1 / 12.0 + 5e-4);
        Assert.True(ChiSquare(draws.Select(draw => (int)(draw * 100)), 100) < 99 + 5 * Math.Sqrt(2 * 99));
        Assert.All(draws.Take(1000), draw => Assert.Equal(0, draw * 16_777_216 % 1));
    }

    [Fact]
    public void Normal_ManyDraws_HasTheMomentsAndTheDistributionOfTheNormal()
    {
        float[] draws = new float[400_000];
        Stream.FillNormal(draws, example: 5);
        double root = Math.Sqrt(draws.Length);

        Assert.InRange(draws.Average(draw => (double)draw) * root, -4, 4);
        Assert.InRange((draws.Average(draw => (double)draw * draw) - 1) * root / Math.Sqrt(2), -4, 4);
        Assert.InRange(draws.Average(draw => Math.Pow(draw, 3)) * root / Math.Sqrt(15), -4, 4);
        Assert.InRange((draws.Average(draw => Math.Pow(draw, 4)) - 3) * root / Math.Sqrt(96), -4, 4);
        // By the probability integral transform the cells are equally likely.
        Assert.True(ChiSquare(draws.Select(draw => (int)Math.Min(99, 100 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, draw))), 100) < 99 + 5 * Math.Sqrt(2 * 99));
        Assert.InRange(Enumerable.Range(0, draws.Length / 2).Average(i => (double)draws[2 * i] * draws[2 * i + 1]) * root / Math.Sqrt(2), -4, 4);
    }

    [Fact]
    public void Normal_AnyWords_IsBoxAndMullersFormula()
    {
        float[] draws = new float[100_000];
        Stream.FillNormal(draws, example: 6);

        for (int block = 0; block < draws.Length / 4; block++)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block((ulong)block, 6, Stream.Key);
            AssertPair(x0, x1, draws[4 * block], draws[4 * block + 1]);
            AssertPair(x2, x3, draws[4 * block + 2], draws[4 * block + 3]);
        }

        static void AssertPair(uint a, uint b, float first, float second)
        {
            double radius = Math.Sqrt(-2 * Math.Log((a + 0.5) / 4294967296)), angle = 2 * Math.PI * (b + 0.5) / 4294967296;
            Assert.True(Math.Abs(first - radius * Math.Cos(angle)) < 1e-10 + 6.1e-8 * Math.Abs(first));
            Assert.True(Math.Abs(second - radius * Math.Sin(angle)) < 1e-10 + 6.1e-8 * Math.Abs(second));
        }
    }

    [Fact]
    public void Uniform_NeighbouringExamples_AreUncorrelated()
    {
        float[] one = new float[100_000], next = new float[100_000];
        Stream.FillUniform(one, example: 8);
        Stream.FillUniform(next, example: 9);

        double covariance = one.Zip(next, (a, b) => (a - 0.5) * (b - 0.5)).Average();

        Assert.InRange(covariance * 12 * Math.Sqrt(one.Length), -4, 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draws_AnyBatchOrderOrSelection_DependOnTheExampleOnly(bool normal)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] shape = [3, 5, 5];
        Tensor all = Draw([0, 7, 3, long.MaxValue]), reversed = Draw([long.MaxValue, 3, 7, 0]), one = Draw([3]), twice = Draw([7, 7]);

        Assert.Equal([4, 3, 5, 5], all.shape);
        Assert.True(reversed.flip(0).Equals(all));
        Assert.True(one[0].Equals(all[2]));
        Assert.True(twice[0].Equals(all[1]) && twice[1].Equals(all[1]));
        Assert.False(all[0].Equals(all[1]));
        Assert.False(all[0].Equals(all[3]));

        Tensor Draw(ReadOnlySpan<long> examples) => normal ? Stream.Normal(examples, shape) : Stream.Uniform(examples, shape);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Draws_InFloat64_AreTheFloat32Values(bool normal)
    {
        using DisposeScope scope = NewDisposeScope();

        Tensor single = normal ? Stream.Normal([4], [1001]) : Stream.Uniform([4], [1001]);
        Tensor wide = normal ? Stream.Normal([4], [1001], ScalarType.Float64) : Stream.Uniform([4], [1001], ScalarType.Float64);

        Assert.Equal(ScalarType.Float64, wide.dtype);
        Assert.True(single.to(ScalarType.Float64).Equals(wide));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fill_ShorterDestination_GivesAPrefixWhateverTheVectorWidth(bool normal)
    {
        float[] whole = new float[300];
        Fill(whole);

        for (int length = 0; length < 70; length++)
        {
            float[] part = new float[length];
            Fill(part);
            Assert.Equal(whole[..length], part);
        }

        void Fill(Span<float> destination)
        {
            if (normal)
                Stream.FillNormal(destination, example: 2);
            else
                Stream.FillUniform(destination, example: 2);
        }
    }

    /// <summary>The first numbers of two streams: recorded results depend on them, so a change needs a new version of everything stored.</summary>
    [Fact]
    public void Draws_PinnedAddress_StayTheSameForever()
    {
        float[] uniform = new float[4], normal = new float[4];
        RandomStream.From(1).For("attack").At(3).FillUniform(uniform, example: 42);
        RandomStream.From(1).For("attack").At(3).FillNormal(normal, example: 42);

        Assert.Equal([0.394512653f, 0.0949341059f, 0.132745922f, 0.787405074f], uniform);
        Assert.Equal([1.1283679f, 0.766155362f, 0.467974782f, -1.95438886f], normal);
    }

    [Fact]
    public void Streams_DifferentSeedsPurposesAndIndices_AllDiffer()
    {
        List<ulong> keys = [];
        for (int seed = 0; seed < 20; seed++)
        {
            RandomStream root = RandomStream.From(seed);
            keys.Add(root.Key);
            foreach (string purpose in (string[])["", "a", "b", "ab", "ba", "attack", "dropout", "é"])
            {
                keys.Add(root.For(purpose).Key);
                for (int index = -2; index < 20; index++)
                    keys.Add(root.For(purpose).At(index).Key);
            }
        }

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.NotEqual(RandomStream.From(1).For("a").For("b").Key, RandomStream.From(1).For("b").For("a").Key);
        Assert.Equal(RandomStream.From(1).For("a").At(2).Key, RandomStream.From(1).For("a").At(2).Key);
    }

    [Fact]
    public void Draws_NegativeExample_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.FillNormal(new float[1], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.FillUniform(new float[1], -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.Sequence(-1));
    }

    [Fact]
    public void Draws_NoExamplesOrEmptyShape_GiveEmptyTensorsAndScalars()
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.Equal([0, 3, 2], Stream.Normal([], [3, 2]).shape);
        Assert.Equal([2], Stream.Uniform([1, 2], []).shape);
        Assert.Equal([2, 0], Stream.Uniform([1, 2], [0]).shape);
    }

    [Fact]
    public void Draws_InAScope_LeaveOneTensor()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using Tensor drawn = Stream.Normal([1, 2], [3], ScalarType.Float64);

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1000)]
    public void Permutation_AnyCount_HoldsEachNumberOnce(long count) =>
        Assert.Equal(Enumerable.Range(0, (int)count).Select(i => (long)i), Stream.Permutation(count).Order());

    [Fact]
    public void Permutation_OfFour_GivesAll24OrdersEquallyOften()
    {
        const int Draws = 24_000;
        IEnumerable<int> orders = Enumerable.Range(0, Draws).Select(i => Stream.At(i).Permutation(4))
            .Select(order => (int)(order[0] * 16 + order[1] * 4 + order[2])).ToList();

        int[] counts = [.. orders.GroupBy(order => order).Select(group => group.Count())];

        Assert.Equal(24, counts.Length);
        Assert.True(counts.Sum(count => Math.Pow(count - 1000, 2) / 1000) < 23 + 5 * Math.Sqrt(2 * 23));
    }

    private static double ChiSquare(IEnumerable<int> cells, int count)
    {
        int[] hits = new int[count];
        int total = 0;
        foreach (int cell in cells)
        {
            hits[cell]++;
            total++;
        }
        double expected = (double)total / count;
        return hits.Sum(hit => (hit - expected) * (hit - expected) / expected);
    }
}
