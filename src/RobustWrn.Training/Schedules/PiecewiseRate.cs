using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The learning rate drops at fixed shares of the training.</summary>
public sealed record PiecewiseRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "piecewise";

    /// <summary>The drops, in order. Default: a tenth from 75 % on, a hundredth from 90 % on (Zhang et al. 2019; Huang et al. 2021).</summary>
    public ValueList<RateDrop> Drops { get; init; } = [new RateDrop(0.75, 0.1), new RateDrop(0.9, 0.01)];

    /// <inheritdoc/>
    public double Factor(double progress)
    {
        double factor = 1;
        foreach (RateDrop drop in Drops)
        {
            if (progress >= drop.From)
                factor = drop.Factor;
        }
        return factor;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        double before = 0;
        return Rule.Each(Drops, drop =>
        {
            Problem[] problems =
            [
                .. Rule.Holds(drop.From > before && drop.From < 1, nameof(RateDrop.From),
                    $"must be above {before} and below 1, in rising order, got {drop.From}."),
                .. Rule.Positive(drop.Factor, nameof(RateDrop.Factor)),
            ];
            before = drop.From;
            return problems;
        });
    }
}

/// <summary>One drop of the learning rate.</summary>
/// <param name="From">The share of the training from which on it holds, in (0, 1).</param>
/// <param name="Factor">What the recipe's learning rate is multiplied by from there on.</param>
public readonly record struct RateDrop(double From, double Factor);
