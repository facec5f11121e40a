using CsCheck;

namespace RobustWrn.Core.Tests;

public class PairedComparisonTests
{
    /// <summary>By hand: 2 * (C(n,0) + ... + C(n,k)) / 2^n.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(0, 5, 2.0 / 32)]
    [InlineData(2, 8, 2 * (1 + 10 + 45) / 1024.0)]
    [InlineData(3, 3, 1)]
    public void PValue_FewDisagreements_IsTheExactOne(long onlyFirst, long onlySecond, double expected) =>
        Assert.Equal(expected, new PairedComparison(7, onlyFirst, onlySecond, 3).PValue, 12);

    /// <summary>Edwards' continuity-corrected chi-square is the known approximation for many disagreements.</summary>
    [Fact]
    public void PValue_ManyDisagreements_IsCloseToChiSquare()
    {
        PairedComparison comparison = new(0, 420, 480, 0);
        double chi = Math.Pow(Math.Abs(420 - 480) - 1, 2) / 900.0;

        Assert.Equal(1 - MathNet.Numerics.Distributions.ChiSquared.CDF(1, chi), comparison.PValue, 3);
    }

    [Fact]
    public void Of_RandomAnswers_CountsEveryPairOnceAndIsSymmetric() =>
        Gen.Bool.Array[0, 50].SelectMany(first => Gen.Bool.Array[first.Length].Select(second => (first, second))).Sample(pair =>
        {
            PairedComparison comparison = PairedComparison.Of(pair.first, pair.second), swapped = PairedComparison.Of(pair.second, pair.first);

            Assert.Equal(pair.first.Length, comparison.Total);
            Assert.Equal(pair.first.Count(right => right), comparison.BothRight + comparison.OnlyFirst);
            Assert.Equal(comparison.PValue, swapped.PValue);
            Assert.Equal(comparison.OnlyFirst, swapped.OnlySecond);
            Assert.InRange(comparison.PValue, 0, 1);
        }, threads: 1);

    [Fact]
    public void Of_DifferentLengths_IsRefused() =>
        Assert.StartsWith("both classifiers must have answered the same examples, got 1 and 2 answers.", Assert.Throws<ArgumentException>(() => PairedComparison.Of([true], [true, false])).Message);

    [Fact]
    public void ToString_Comparison_SaysDifferenceAndP() =>
        Assert.Equal("-6.0 points (right only here 2, only there 8; McNemar p = 0.109)", new PairedComparison(80, 2, 8, 10).ToString());
}
