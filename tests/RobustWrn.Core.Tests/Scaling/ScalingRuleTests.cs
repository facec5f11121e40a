using System.Diagnostics;
using CsCheck;

namespace RobustWrn.Core.Tests;

public class ScalingRuleTests
{
    private static readonly ScalingRule[] Rules =
    [
        ScalingRule.LastStageReduction, ScalingRule.DepthScaling, ScalingRule.WidthScaling, ScalingRule.CompoundScaling,
        ScalingRule.CompoundScaling with { Base = (WideResNetSpec)NetworkPresets.Get("RobustResNet-A1") },
        ScalingRule.CompoundScaling with { Base = (WideResNetSpec)NetworkPresets.Get("RobustResNet-A1") with { FeatureNormalization = new GroupNormalization() } },
        ScalingRule.LastStageReduction with { Base = WideResNetSpec.Wrn34R.WithLeaderboardConventions() with { Classes = 100 } },
    ];

    private static readonly Gen<ScalingRule> AnyRule = Gen.Int[0, Rules.Length - 1].Select(i => Rules[i]);

    // Uniform in the logarithm.
    private static Gen<double> Between(double low, double high) => Gen.Double[Math.Log(low), Math.Log(high)].Select(Math.Exp);

    [Fact]
    public void Fit_BudgetsFromOneToAHundredGiga_ComesWithinTwoPercentAndCanBeBuilt() => Gen.Select(AnyRule, Between(1e9, 1e11)).Sample((rule, budget) =>
    {
        ScaledNetwork found = rule.Fit(CostBudget.MultiplyAdds(budget));

        Assert.InRange(found.Gap, -0.02, 0.02);
        Assert.Empty(found.Spec.Problems());
        Assert.Equal(found.Spec.Cost(32, 32), found.Cost);
        Assert.Equal((found.Cost.MultiplyAdds - budget) / budget, found.Gap, 1e-12);
    }, iter: 120, threads: 1);

    [Fact]
    public void Fit_ParameterBudgets_ComesWithinTwoPercent() => Gen.Select(AnyRule, Between(5e6, 5e8)).Sample((rule, budget) =>
    {
        ScaledNetwork found = rule.Fit(CostBudget.Parameters(budget));

        Assert.InRange(found.Gap, -0.02, 0.02);
        Assert.Equal((found.Spec.Cost(32, 32).Parameters - budget) / budget, found.Gap, 1e-12);
    }, iter: 60, threads: 1);

    /// <summary>The stated rounding: for one scale, depths less than a block and widths less than two multiples from the rule's numbers, where all multiples are usable.</summary>
    [Fact]
    public void Fit_AnyBudget_RoundsTheRuleAndNothingElse() => Gen.Select(Gen.Int[0, 3].Select(i => Rules[i]), Between(2e7, 1e11)).Sample((rule, budget) =>
    {
        WideResNetSpec spec = rule.Fit(CostBudget.MultiplyAdds(budget)).Spec;
        double[] baseDepths = [.. rule.Base.Stages.Select(stage => (double)stage.Depth)], baseFactors = [.. rule.Base.Stages.Select((stage, i) => stage.Width / (16 * Math.Pow(2, i)))];
        double relation = rule.DepthPerWidth ?? baseDepths.Sum() / baseFactors.Sum();
        double[] depths = rule.DepthRatio?.ToArray() ?? baseDepths, factors = rule.WidthRatio?.ToArray() ?? baseFactors;

        // Scales at which each number of the network is a rounding of the rule's; a least depth and width stand for everything below.
        (double Low, double High)[] scales =
        [
            .. spec.Stages.Select((stage, i) => Interval(stage.Depth, 1, relation * depths[i] / depths.Sum(), least: 1)),
            .. spec.Stages.Select((stage, i) => Interval(stage.Width, rule.WidthMultiple, 16 * Math.Pow(2, i) * factors[i] / factors.Sum(), least: rule.WidthMultiple)),
        ];

        Assert.True(scales.Max(scale => scale.Low) <= scales.Min(scale => scale.High) + 1e-9, spec.ToString());
        Assert.All(spec.Stages, stage => Assert.Equal(0, stage.Width % rule.WidthMultiple));
        Assert.Equal(rule.Base, spec with { Stages = rule.Base.Stages });
        Assert.Equal(rule.Base.Stages, spec.Stages.Zip(rule.Base.Stages, (stage, other) => stage with { Depth = other.Depth, Width = other.Width }).ToValueList());
    }, iter: 120, threads: 1);

    private static (double Low, double High) Interval(double value, double step, double perScale, double least) => (value <= least ? 0 : (value - step) / perScale, (value + step) / perScale);

    [Fact]
    public void Fit_LargerBudget_NeverCostsLess() => Gen.Select(AnyRule, Between(2e9, 1e11)).Sample((rule, budget) =>
        // Two networks within 2 % of budgets 5 % apart.
        Assert.True(rule.Fit(CostBudget.MultiplyAdds(budget)).Cost.MultiplyAdds < rule.Fit(CostBudget.MultiplyAdds(1.05 * budget)).Cost.MultiplyAdds), iter: 60, threads: 1);

    /// <summary>Depths within a block, widths within one widening factor (16, 16 and 48 channels), since Lu et al. round the factors to whole numbers and we do not.</summary>
    [Theory]
    [InlineData(5, "WRN-A1")]
    [InlineData(10, "WRN-A2")]
    [InlineData(20, "WRN-A3")]
    [InlineData(40, "WRN-A4")]
    public void Fit_CompoundAtThePublishedBudgets_ComesCloseToThePublishedNetworks(double gigas, string published)
    {
        WideResNetSpec found = ScalingRule.CompoundScaling.Fit(CostBudget.MultiplyAdds(gigas * 1e9)).Spec, expected = (WideResNetSpec)NetworkPresets.Get(published);
        int[] near = [16, 16, 48];

        Assert.All(found.Stages.Zip(expected.Stages), pair => Assert.InRange(pair.First.Depth - pair.Second.Depth, -1, 1));
        Assert.All(found.Stages.Zip(expected.Stages).Zip(near), pair => Assert.InRange(pair.First.First.Width - pair.First.Second.Width, -pair.Second, pair.Second));
        Assert.Equal(expected with { Stages = [] }, found with { Stages = [] });
    }

    /// <summary>With the published widening factors the rule's depths are the published ones where 7:3 was kept to the nearest block.</summary>
    [Theory]
    [InlineData("WRN-A1", 5, 7, 3)]
    [InlineData("WRN-A3", 8, 11, 5)]
    public void Fit_CompoundWithPublishedWidths_IsThePublishedNetwork(string published, int first, int second, int third)
    {
        INetworkSpec expected = NetworkPresets.Get(published);

        ScaledNetwork found = (ScalingRule.CompoundScaling with { WidthRatio = [first, second, third] }).Fit(CostBudget.MultiplyAdds(expected.Cost(32, 32).MultiplyAdds));

        Assert.Equal(expected, found.Spec);
        Assert.Equal(0, found.Gap);
    }

    [Fact]
    public void Fit_CostOfTheBaseItself_IsTheBase()
    {
        Assert.Equal(WideResNetSpec.Wrn34R, ScalingRule.LastStageReduction.Fit(CostBudget.MultiplyAdds(WideResNetSpec.Wrn34R.Cost(32, 32).MultiplyAdds)).Spec);
        Assert.Equal(WideResNetSpec.Wrn34R, ScalingRule.LastStageReduction.Fit(CostBudget.Parameters(WideResNetSpec.Wrn34R.Cost(32, 32).Parameters)).Spec);
    }

    /// <summary>Small networks: the gap is what it is, and no single step of a width comes nearer.</summary>
    [Fact]
    public void Fit_SmallBudgets_ReportsTheGapItHas() => Gen.Select(Gen.Int[0, 3].Select(i => Rules[i]), Between(5e6, 1e9)).Sample((rule, budget) =>
    {
        ScaledNetwork found = rule.Fit(CostBudget.MultiplyAdds(budget));

        Assert.Equal((found.Spec.Cost(32, 32).MultiplyAdds - budget) / budget, found.Gap, 1e-12);
        Assert.InRange(Math.Abs(found.Gap), 0, 0.6);
    }, iter: 60, threads: 1);

    [Fact]
    public void ToString_Gap_IsSaid()
    {
        Assert.Equal("WRN 14-14-7 / 80-224-176: 5.03 G MACs, 0.61 % above the budget of 5.00 G MACs", ScalingRule.CompoundScaling.Fit(CostBudget.MultiplyAdds(5e9)).ToString());
        Assert.EndsWith("below the budget of 36.50 M parameters", new ScaledNetwork(WideResNetSpec.Wrn(28, 10), WideResNetSpec.Wrn(28, 10).Cost(32, 32), CostBudget.Parameters(36.5e6)).ToString());
    }

    [Fact]
    public void Fit_ImpossibleBudgets_AreRefusedWithTheSmallestNetwork()
    {
        Assert.StartsWith("budget must be at least the 2.73 M MACs of the rule's smallest network, WRN 1-1-1 / 8-8-8, got 100.00 k MACs. Allow more, ",
            Assert.Throws<ArgumentOutOfRangeException>(() => ScalingRule.CompoundScaling.Fit(CostBudget.MultiplyAdds(1e5))).Message);
        Assert.Contains("2^34 parameters",
            Assert.Throws<ArgumentOutOfRangeException>(() => ScalingRule.CompoundScaling.Fit(CostBudget.MultiplyAdds(1e30))).Message);
        Assert.StartsWith("a budget must be a finite number of at least 1, got NaN.", Assert.Throws<ArgumentOutOfRangeException>(() => CostBudget.Parameters(double.NaN)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => ScalingRule.CompoundScaling.Fit(default));
    }

    [Fact]
    public void Problems_WrongRule_SaysEverything()
    {
        ScalingRule rule = new() { DepthRatio = [1, 2], WidthRatio = [1, 0, 1], DepthPerWidth = -1, WidthMultiple = 0, ImageSize = 0, Base = WideResNetSpec.Wrn34R with { Classes = 1 } };

        Assert.Equal(["Base.Classes", "DepthRatio", "WidthRatio[1]", "DepthPerWidth", "WidthMultiple", "ImageSize"],
            rule.Problems().Select(problem => problem.Subject));
        Assert.Throws<InvalidDescriptionException>(() => rule.Fit(CostBudget.MultiplyAdds(1e9)));
    }

    [Fact]
    public void Fit_FourStages_IsARuleOfYourOwn()
    {
        ScalingRule rule = new() { Base = WideResNetSpec.Of(32, [2, 2, 2, 2], [32, 64, 128, 256]), DepthRatio = [1, 1, 3, 1], WidthRatio = [1, 1, 1, 0.5], WidthMultiple = 16, ImageSize = 64 };

        ScaledNetwork found = rule.Fit(CostBudget.MultiplyAdds(8e9));

        Assert.InRange(found.Gap, -0.02, 0.02);
        Assert.Equal(found.Spec.Cost(64, 64), found.Cost);
        Assert.InRange(found.Spec.Stages[2].Depth / (double)found.Spec.Stages[0].Depth, 2, 4);
    }

    /// <summary>Some 30 ms on a quiet machine. The limit is far above, since other tests run beside this one, and far below what building a single candidate would take.</summary>
    [Fact]
    public void Fit_AnyRule_IsSolvedFromTheClosedForm() => Assert.All(Rules, rule => Assert.Contains(Enumerable.Range(0, 5), _ =>
    {
        Stopwatch clock = Stopwatch.StartNew();
        rule.Fit(CostBudget.MultiplyAdds(7e9));
        return clock.Elapsed < TimeSpan.FromSeconds(1);
    }));
}
