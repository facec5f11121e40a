using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// One cycle (Smith and Topin 2018, arXiv 1708.07120): up along half a cosine to the recipe's learning rate, then down along another to almost nothing. The steps are those of
/// PyTorch's OneCycleLR, which Rebuffi et al. 2021 and Wang et al. 2023 are trained with.
/// </summary>
public sealed record OneCycleRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "one-cycle";

    /// <summary>The share of the training that goes up, in (0, 1). Default 0.25, as in the code of Wang et al. 2023 (arXiv 2302.04638).</summary>
    public double Rise { get; init; } = 0.25;

    /// <summary>The factor of the first step, in (0, 1]. Default 1/25, PyTorch's.</summary>
    public double First { get; init; } = 1 / 25.0;

    /// <summary>The factor of the last step, in [0, 1]. Default 1/250,000, PyTorch's: a ten-thousandth of the first.</summary>
    public double Last { get; init; } = 1 / 25.0 / 1e4;

    /// <inheritdoc/>
    public double Factor(double progress) => At(progress, Rise, 1);

    /// <summary>The highest rate is that of step <c>Rise * steps - 1</c> and the last that of the last step, both counted from 0.</summary>
    /// <inheritdoc/>
    public double FactorAt(TrainingPosition position) => At(position.StepsBefore, Rise * position.AllSteps - 1, position.AllSteps - 1);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Rise is > 0 and < 1, nameof(Rise), FormattableString.Invariant($"must be above 0 and below 1, got {Rise}.")),
        .. Rule.Holds(First is > 0 and <= 1, nameof(First), FormattableString.Invariant($"must be above 0 and at most 1, got {First}.")),
        .. Rule.InClosed(Last, 0, 1),
    ];

    private double At(double step, double top, double end)
    {
        if (step <= top && top > 0)
            return Cosine(First, 1, step / top);
        // A training of a single step has it at the top.
        return end > Math.Max(top, 0) ? Cosine(1, Last, Math.Clamp((step - top) / (end - top), 0, 1)) : 1;
    }

    private static double Cosine(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;
}
