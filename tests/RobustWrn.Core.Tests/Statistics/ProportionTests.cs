using System.Text.Json;

namespace RobustWrn.Core.Tests;

public class ProportionTests
{
    /// <summary>Published Wilson intervals (Newcombe 1998, table I, method 3; and the classical 0 and 5 of 10).</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(0, 10, 0.0000, 0.2775)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(10, 10, 0.7225, 1.0000)]
    public void Interval_PublishedCounts_IsThePublishedOne(long hits, long total, double low, double high)
    {
        Proportion proportion = new(hits, total);

        Assert.Equal(low, proportion.Low, 4);
        Assert.Equal(high, proportion.High, 4);
    }

    [Fact]
    public void Interval_AnyCounts_HoldsTheRootsOfTheScoreTest()
    {
        // Wilson's bounds solve (p - b)^2 = z^2 b (1 - b) / n.
        const double Z = 1.959963984540054;
        foreach (int total in (int[])[1, 2, 7, 100, 10_000])
        {
            for (int hits = 0; hits <= total; hits += Math.Max(1, total / 10))
            {
                Proportion proportion = new(hits, total);
                foreach (double bound in (double[])[proportion.Low, proportion.High])
                    Assert.Equal(Math.Pow(proportion.Value - bound, 2), Z * Z * bound * (1 - bound) / total, 12);
                Assert.True(0 <= proportion.Low && proportion.Low <= proportion.Value && proportion.Value <= proportion.High && proportion.High <= 1);
            }
        }
    }

    [Fact]
    public void Interval_Empty_IsEverything()
    {
        Assert.Equal((0, 1), (new Proportion(0, 0).Low, new Proportion(0, 0).High));
        Assert.True(double.IsNaN(new Proportion(0, 0).Value));
        Assert.Equal("none", new Proportion(0, 0).ToString());
    }

    [Fact]
    public void Json_AnyProportion_HoldsTheCountsAndReadsBack()
    {
        string json = JsonSerializer.Serialize(new Proportion(3, 8), DescriptionJson.Options);

        Assert.Equal("{\"hits\":3,\"total\":8}", json.Replace("\n", "").Replace(" ", ""));
        Assert.Equal(new Proportion(3, 8), JsonSerializer.Deserialize<Proportion>(json, DescriptionJson.Options));
    }

    [Fact]
    public void Sum_TwoProportions_AddsTheCounts() => Assert.Equal(new Proportion(5, 12), new Proportion(3, 8) + new Proportion(2, 4));
}
