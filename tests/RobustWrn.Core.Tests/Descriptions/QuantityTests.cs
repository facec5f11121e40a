namespace RobustWrn.Core.Tests;

/// <summary>Counts with their nouns, as messages and results say them.</summary>
public class QuantityTests
{
    [Theory]
    [InlineData(0, "0 epochs")]
    [InlineData(1, "1 epoch")]
    [InlineData(2, "2 epochs")]
    [InlineData(-1, "-1 epochs")]
    public void Of_Count_HasTheNounInItsNumber(long count, string expected) => Assert.Equal(expected, Quantity.Of(count, "epoch"));
}
