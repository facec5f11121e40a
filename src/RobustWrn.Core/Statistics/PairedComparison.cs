using System.Globalization;
using System.Text.Json.Serialization;
using MathNet.Numerics.Distributions;

namespace RobustWrn.Core;

/// <summary>
/// Two classifiers on the same examples, compared by McNemar's test (1947) in its exact form: only examples on which they disagree tell
/// them apart, and if neither were better each would be right on half of those.
/// </summary>
/// <param name="BothRight">Examples both get right.</param>
/// <param name="OnlyFirst">Examples only the first gets right.</param>
/// <param name="OnlySecond">Examples only the second gets right.</param>
/// <param name="NeitherRight">Examples neither gets right.</param>
public readonly record struct PairedComparison(long BothRight, long OnlyFirst, long OnlySecond, long NeitherRight)
{
    /// <summary>How many examples.</summary>
    [JsonIgnore]
    public long Total => BothRight + OnlyFirst + OnlySecond + NeitherRight;

    /// <summary>The accuracy of the first minus that of the second; NaN without examples.</summary>
    [JsonIgnore]
    public double Difference => Total == 0 ? double.NaN : (double)(OnlyFirst - OnlySecond) / Total;

    /// <summary>
    /// The two-sided p-value, exact: how likely a disagreement at least as lopsided is if neither is better; 1 where they never disagree.
    /// It says something of these two trained networks on these examples, nothing of their architectures, which need several trainings.
    /// </summary>
    [JsonIgnore]
    public double PValue
    {
        get
        {
            long disagreements = OnlyFirst + OnlySecond;
            if (disagreements == 0)
                return 1;
            // Disagreements number at most millions, far below where the distribution's integers end.
            double tail = Binomial.CDF(0.5, checked((int)disagreements), Math.Min(OnlyFirst, OnlySecond));
            return Math.Min(1, 2 * tail);
        }
    }

    /// <summary>Compares answers to the same examples, in the same order.</summary>
    /// <param name="first">Whether the first classifier is right, example by example.</param>
    /// <param name="second">Whether the second is.</param>
    /// <exception cref="ArgumentException">There are not as many answers of one as of the other.</exception>
    public static PairedComparison Of(ReadOnlySpan<bool> first, ReadOnlySpan<bool> second)
    {
        if (first.Length != second.Length)
            throw new ArgumentException($"both classifiers must have answered the same examples, got {first.Length} and {second.Length} answers.", nameof(second));
        long both = 0, onlyFirst = 0, onlySecond = 0, neither = 0;
        for (int i = 0; i < first.Length; i++)
        {
            switch (first[i], second[i])
            {
                case (true, true):
                    both++;
                    break;
                case (true, false):
                    onlyFirst++;
                    break;
                case (false, true):
                    onlySecond++;
                    break;
                default:
                    neither++;
                    break;
            }
        }
        return new PairedComparison(both, onlyFirst, onlySecond, neither);
    }

    /// <inheritdoc/>
    public override string ToString() => Total == 0
        ? "none"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * Difference:+0.0;-0.0;0.0} points (right only here {OnlyFirst}, only there {OnlySecond}; McNemar p = {PValue:0.###})");
}
