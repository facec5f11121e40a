namespace RobustWrn.Core.Tests;

public class CountedTests
{
    [Theory]
    [InlineData(0, "epoch", null, "0 epochs")]
    [InlineData(1, "epoch", null, "1 epoch")]
    [InlineData(2, "epoch", null, "2 epochs")]
    [InlineData(1, "class", "classes", "1 class")]
    [InlineData(50_000, "class", "classes", "50000 classes")]
    public void Of_Count_TakesTheNounThatFits(long count, string one, string? many, string expected) => Assert.Equal(expected, Counted.Of(count, one, many));
}
