namespace RobustWrn.Core.Tests;

public class RuleTests
{
    [Fact]
    public void Rules_ValuesAtTheirLimits_AreTakenOrRefused()
    {
        Assert.Empty((Problem[])
        [
            .. Rule.Positive(1), .. Rule.Positive(double.Epsilon), .. Rule.PositiveOrDefault(null), .. Rule.NotNegative(0), .. Rule.NotNegative(0.0),
            .. Rule.InHalfOpen(0, 0, 1), .. Rule.InClosed(1, 0, 1), .. Rule.NotEmpty((int[])[1]), .. Rule.Holds(true, "a", "b"),
        ]);
        Assert.All((IEnumerable<Problem>[])
        [
            Rule.Positive(0), Rule.Positive(0.0), Rule.Positive(double.PositiveInfinity), Rule.Positive(double.NaN), Rule.PositiveOrDefault(0), Rule.NotNegative(-1),
            Rule.NotNegative(double.NaN), Rule.InHalfOpen(1, 0, 1), Rule.InHalfOpen(double.NaN, 0, 1), Rule.InClosed(1.1, 0, 1), Rule.NotEmpty((int[])[]), Rule.NotEmpty<int>(null),
            Rule.Holds(false, "a", "b"),
        ], problems => Assert.Single(problems));
    }

    [Fact]
    public void Rules_AnyValue_NameTheExpressionAndTheValue()
    {
        double slope = -0.5;

        Assert.Equal("slope: must be a finite number of at least 0, got -0.5.", Assert.Single(Rule.NotNegative(slope)).ToString());
    }

    [Fact]
    public void ThrowIfInvalid_OneProblem_IsOneLine() =>
        Assert.Equal("LeakyRelu.Slope: must be a finite number of at least 0, got -1.",
            Assert.Throws<InvalidDescriptionException>(() => new LeakyRelu { Slope = -1 }.ThrowIfInvalid()).Message);

    [Fact]
    public void Problems_NormalizationWithoutLists_SaysSo() =>
        Assert.Equal("Normalization", Assert.Single(new Normalization { Mean = null! }.Problems(3)).Subject);
}
