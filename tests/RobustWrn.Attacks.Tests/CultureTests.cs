namespace RobustWrn.Attacks.Tests;

/// <summary>Numbers inside an interpolation inside of another one: they followed the culture of the thread.</summary>
public class CultureTests
{
    [Fact]
    public void ToString_FindingUnderAForeignCulture_IsThatOfNone() =>
        Assert.Equal("zero-gradient: must, got 3 (p = 2.5e-7). Do",
            UnderForeignCulture(() => new AuditFinding("zero-gradient", AuditVerdict.Suspect, "must", "got 3", "Do") { PValue = 2.5e-7 }.ToString()));

    [Theory]
    [InlineData(10_000_000, "at most 10,000,000 gradients of 1.5 ms: 4.2 h")]
    [InlineData(100_000, "at most 100,000 gradients of 1.5 ms: 2.5 min")]
    [InlineData(1_000, "at most 1,000 gradients of 1.5 ms: 1.5 s")]
    public void ToString_EstimateUnderAForeignCulture_IsThatOfNone(long gradients, string expected) =>
        Assert.Equal(expected, UnderForeignCulture(() => new AttackEstimate(gradients, TimeSpan.FromMilliseconds(1.5)).ToString()));

    private static string UnderForeignCulture(Func<string> text)
    {
        using ForeignCulture elsewhere = new();
        return text();
    }
}
