namespace RobustWrn.Attacks.Tests;

public sealed class BinomialTailTests
{
    [Theory]
    [InlineData(0, 7, 0.3, 1)]
    [InlineData(7, 7, 0.5, 1.0 / 128)]
    [InlineData(2, 3, 0.5, 0.5)]
    [InlineData(1, 10, 0.1, 0.6513215599)] // 1 - 0.9^10
    [InlineData(40, 40, 1e-3, 1e-120)] // digits where 1 - CDF has none
    public void AtLeast_ClosedForms_AreMet(long hits, long total, double rate, double expected) =>
        Assert.Equal(1, BinomialTail.AtLeast(hits, total, rate) / expected, 1e-9);
}
