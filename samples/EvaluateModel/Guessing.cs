using System.Globalization;
using MathNet.Numerics.Distributions;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>
/// Tells networks that see nothing in the images, most often because the images, their normalisation or the weights are not the
/// network's.
/// </summary>
public static class Guessing
{
    // So rarely is a guess as good by luck that a network which is no better is not told from one.
    private const double Luck = 1e-4;

    // A network that is right twice as often as a guess has seen something, however few images say so.
    private const double Better = 2;

    /// <summary>
    /// A warning where the clean accuracy is what guessing gives: at most twice a guess's, and within the one-sided binomial bound at
    /// 0.0001.
    /// </summary>
    /// <param name="clean">Unchanged images that are classified rightly.</param>
    /// <param name="classes">Classes that the network tells apart.</param>
    /// <returns>Null where the network is better than that.</returns>
    public static string? Warning(Proportion clean, int classes)
    {
        if (clean.Total == 0 || clean.Value > Better / classes)
            return null;
        double asGood = clean.Hits == 0 ? 1 : 1 - Binomial.CDF(1.0 / classes, (int)Math.Min(clean.Total, int.MaxValue), clean.Hits - 1);
        if (asGood < Luck)
            return null;
        string counts = string.Create(CultureInfo.InvariantCulture, $"{clean.Hits} of {clean.Total} unchanged images");
        return $"Warning: {counts} are classified rightly, which guessing among {classes} classes does too: "
            + "the network sees nothing in them, so that these numbers say nothing about attacks. "
            + "Check --data, --spec, --weights, --mean and --std.";
    }
}
