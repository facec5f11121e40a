namespace RobustWrn.Core.Tests;

public class RuleTests
{
    [Fact]
    public void Rules_ValuesAtTheirLimits_AreTakenOrRefused()
    {
        Assert.Empty((Problem[])
        [
            .. Rule.Positive(1), .. Rule.Positive(Rule.SmallestNumber), .. Rule.Positive(Rule.LargestNumber),
            .. Rule.Positive(1e12, most: 1e12), .. Rule.PositiveOrDefault(null), .. Rule.NotNegative(0), .. Rule.NotNegative(0.0),
            .. Rule.InHalfOpen(0, 0, 1), .. Rule.InClosed(1, 0, 1), .. Rule.NotEmpty((int[])[1]), .. Rule.Holds(true, "a", "b"),
        ]);
        Assert.All((IEnumerable<Problem>[])
        [
            Rule.Positive(0), Rule.Positive(0.0), Rule.Positive(double.PositiveInfinity), Rule.Positive(double.NaN), Rule.PositiveOrDefault(0), Rule.NotNegative(-1),
            Rule.NotNegative(double.NaN), Rule.InHalfOpen(1, 0, 1), Rule.InHalfOpen(double.NaN, 0, 1), Rule.InClosed(1.1, 0, 1), Rule.NotEmpty((int[])[]), Rule.NotEmpty<int>(null),
            Rule.Holds(false, "a", "b"), Rule.Positive(1e39), Rule.Positive(double.Epsilon), Rule.NotNegative(1e300),
                Rule.Positive(int.MaxValue), Rule.NotNegative(long.MaxValue),
            Rule.InHalfOpen(1 - 1e-12, 0, 1), Rule.Between(3, 1, 2), Rule.Share(0), Rule.Share(1.5), Rule.Share(double.NaN),
                Rule.ProperShare(1 - 1e-12), Rule.ProperShare(1e-50),
            Rule.Text(null), Rule.Text(" "), Rule.Text(new string('x', 256)), Rule.FitsMemory(1e18, "a"),
                Rule.Each(new int[1_001], _ => [], "a"), Rule.Each<int>(null, _ => [], "a"),
            Rule.Each([null, "x"], _ => [], "a"),
        ], problems => Assert.Single(problems));
    }

    [Fact]
    public void Rules_AnyValue_NameTheExpressionAndTheValue()
    {
        double slope = -0.5;

        Assert.Equal("slope: must be a finite number of at least 0, got -0.5.", Assert.Single(Rule.NotNegative(slope)).ToString());
    }

    /// <summary>Within all other limits, and more than any machine has: said before anything is asked for.</summary>
    [Fact]
    public void FitsMemory_WhatNoMachineHolds_IsRefusedByEveryDescriptionThatTakesIt()
    {
        const string fits = "must fit into the ";
        SyntheticImages images = new();

        Assert.Contains(fits, Assert.Throws<InvalidDescriptionException>(() => images.Draw("test", Rule.MostImages, seed: 1)).Message);
        Assert.Contains(fits, Assert.Throws<InvalidDescriptionException>(() => images.Make(2_000_000_000, 1, 1, seed: 1)).Message);
        Assert.Contains(new ImageFolderOptions { Height = 4_096, Width = 4_096, ImagesAhead = 1_000_000 }.Problems(), problem =>
            problem.Message.StartsWith(fits, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_WrongEntry_IsNamedByItsPlace() =>
        Assert.Equal(["Steps[1]: must be at least 1, got 0.", "Steps[2]: must be in [1, 1000000], got 2000000."],
            Rule.Each([1, 0, 2_000_000], step => Rule.Positive(step, ""), "Steps").Select(problem => problem.ToString()));

    [Fact]
    public void Each_TooLongAList_AsksNoEntry() =>
        Assert.Single(Rule.Each(new string[100_000], _ => throw new InvalidOperationException("not to be asked"), "Steps"));

    [Fact]
    public void ProblemsAs_DescriptionsNestedTooDeep_AreRefusedBeforeTheStackEnds()
    {
        Nested deep = new(null);
        for (int i = 0; i < 100_000; i++)
            deep = new Nested(deep);

        Problem problem = Assert.Single(deep.Problems());

        Assert.Equal("must not nest descriptions more than 32 deep.", problem.Message);
        Assert.Empty(new Nested(new Nested(new Nested(null))).Problems());
    }

    [Fact]
    public void Message_ManyProblems_NamesTheFirstFifty()
    {
        InvalidDescriptionException e = new("Suite",
            [.. Enumerable.Range(0, 1_000).Select(i => new Problem($"Attacks[{i}]", "is wrong."))]);

        Assert.Equal(52, e.Message.Split(Environment.NewLine).Length);
        Assert.EndsWith("and 950 more", e.Message);
        Assert.Equal(1_000, e.Problems.Count);
    }

    private sealed record Nested(Nested? Inner, string Name = "") : IDescription
    {
        public IEnumerable<Problem> Problems() => Inner?.ProblemsAs("Inner") ?? [];
    }

    [Fact]
    public void ThrowIfInvalid_OneProblem_IsOneLine() =>
        Assert.Equal("LeakyRelu.Slope: must be a finite number of at least 0, got -1.",
            Assert.Throws<InvalidDescriptionException>(() => new LeakyRelu { Slope = -1 }.ThrowIfInvalid()).Message);

    [Fact]
    public void Problems_NormalizationWithoutLists_SaysSo() =>
        Assert.Equal("Normalization", Assert.Single(new Normalization { Mean = null! }.Problems(3)).Subject);
}
