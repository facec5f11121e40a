namespace RobustWrn.Attacks.Tests;

public class SampleSummaryTests
{
    [Fact]
    public void Of_KnownNumbers_GivesMeanSpreadAndSum()
    {
        SampleSummary summary = SampleSummary.Of(4, 1, 3, 2);
        Assert.Equal(new SampleSummary(4, 2.5, Math.Sqrt(5.0 / 3), 1, 2.5, 4), summary);
        Assert.Equal(10, summary.Sum);
        Assert.Equal(2, SampleSummary.Of(9, 2, 1).Median);
        Assert.Equal(new SampleSummary(1, 7, 0, 7, 7, 7), SampleSummary.Of(7));
    }

    [Fact]
    public void Of_NothingOrNotFinite_IsRefused()
    {
        Assert.StartsWith("there must be at least one number", Assert.Throws<ArgumentException>(() => SampleSummary.Of()).Message);
        Assert.StartsWith("numbers must be finite, got NaN at 1.", Assert.Throws<ArgumentException>(() => SampleSummary.Of(1, double.NaN)).Message);
    }
}
