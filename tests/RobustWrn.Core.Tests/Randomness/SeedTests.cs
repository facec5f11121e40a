using System.Text.Json;

namespace RobustWrn.Core.Tests;

public class SeedTests
{
    [Theory]
    [InlineData(0UL)]
    [InlineData(2026UL)]
    [InlineData(ulong.MaxValue)]
    public void Json_AnySeed_IsItsNumberAndReadsBack(ulong value)
    {
        string json = JsonSerializer.Serialize(new Seed(value), DescriptionJson.Options);

        Assert.Equal(value.ToString(), json);
        Assert.Equal(new Seed(value), JsonSerializer.Deserialize<Seed>(json, DescriptionJson.Options));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"7\"")]
    [InlineData("18446744073709551616")]
    public void Json_NotAWholeNumberOf64Bits_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Seed>(json, DescriptionJson.Options));

    [Fact]
    public void Replicate_Zero_IsTheSeedItselfAndOthersDiffer()
    {
        Seed seed = 5;

        Assert.Equal(seed, seed.Replicate(0));
        Assert.Equal(10, Enumerable.Range(0, 10).Select(seed.Replicate).Distinct().Count());
        Assert.NotEqual(seed.Replicate(1), new Seed(6).Replicate(1));
    }
}
