using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The learning rate drops at fixed shares of the epochs, at the start of the first epoch that has them behind it, as published code sets
/// its rate once an epoch (Zhang et al. 2019; Huang
/// et al. 2021).
/// </summary>
public sealed record PiecewiseRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "piecewise";

    /// <summary>
    /// The drops, in order. Default: a tenth from 75 % on, a hundredth from 90 % on (Zhang et al. 2019; Huang et al. 2021).
    /// </summary>
    public ValueList<RateDrop> Drops { get; init; } = [new RateDrop(0.75, 0.1), new RateDrop(0.9, 0.01)];

    /// <summary>
    /// Lets a drop come at the step that has its share of all steps behind it, within an epoch too. Default: no, at the start of an
    /// epoch; short trainings do
    /// (<see cref="TrainingRecipe.ScaledTo"/>), whose epochs may be fewer than the drops.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // files from before it was there mean the published rule, too
    public bool WithinEpochs { get; init; }

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
    public double FactorAt(TrainingPosition position) =>
        Factor(WithinEpochs ? position.Progress : (double)position.Epoch / position.Epochs);

    /// <summary>A drop within an epoch comes after the whole epochs before it.</summary>
    /// <inheritdoc/>
    public IReadOnlyList<int> DropsAfter(int epochs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        SortedSet<int> after = [];
        double factor = 1;
        foreach (RateDrop drop in Drops)
        {
            int behind = (int)Math.Ceiling(Math.Clamp(drop.From, 0, 1) * epochs);
            // Factor compares shares, and rounding decides here as there.
            if (behind > 0 && (double)(behind - 1) / epochs >= drop.From)
                behind--;
            int last = WithinEpochs && (double)behind / epochs > drop.From ? behind - 1 : behind;
            // At the start of an epoch, several may come at once.
            bool falls = WithinEpochs ? drop.Factor < factor : behind > 0 && Starting(behind) < Starting(behind - 1);
            if (falls && last >= 1 && last < epochs)
                after.Add(last);
            factor = drop.Factor;
        }
        return [.. after];

        double Starting(int epoch) => Factor((double)epoch / epochs);
    }

    /// <inheritdoc/>
    public ILearningRateSchedule ByStep() => this with { WithinEpochs = true };

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
