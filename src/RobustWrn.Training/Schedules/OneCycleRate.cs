using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// One cycle (Smith and Topin 2018, arXiv 1708.07120): up along half a cosine to the recipe's learning rate, then down along another to
/// almost nothing. The steps are those of PyTorch's OneCycleLR, which Rebuffi et al. 2021 and Wang et al. 2023 are trained with.
/// </summary>
public sealed record OneCycleRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "one-cycle";

    // PyTorch's, and so those of every run whose code does not name them.
    private const double HighMomentum = 0.95, LowMomentum = 0.85;

    /// <summary>
    /// The share of the training that goes up, in (0, 1). Default 0.25, the scheduler "cyclic" in the code of Rade 2021 and Wang et al.
    /// 2023 (arXiv 2302.04638); their runs take its default, "cosinew": 0.025, and <see cref="ByEpoch"/>.
    /// </summary>
    public double Rise { get; init; } = 0.25;

    /// <summary>The factor of the first step, in (0, 1]. Default 1/25, PyTorch's.</summary>
    public double First { get; init; } = 1 / 25.0;

    /// <summary>The factor of the last step, in [0, 1]. Default 1/250,000, PyTorch's: a ten-thousandth of the first.</summary>
    public double Last { get; init; } = 1 / 25.0 / 1e4;

    /// <summary>
    /// Changes rate and momentum once an epoch instead of once a step. Default: no; the runs of Rade 2021 and Wang et al. 2023 do.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // files from before it was there mean the same
    public bool ByEpoch { get; init; }

    /// <summary>
    /// Moves the optimiser's momentum the other way: from 0.95 down to 0.85 at the highest rate and up again (Smith and Topin
    /// 2018; PyTorch's numbers). Default: no, the optimiser's own stays. PyTorch's OneCycleLR does so unless it is told not to,
    /// and Rade 2021 and Wang et al. 2023 do not tell it.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CyclesMomentum { get; init; }

    /// <inheritdoc/>
    public double Factor(double progress) => At(progress, Rise, 1, First, Last);

    /// <summary>
    /// The highest rate is that of step <c>Rise * steps - 1</c> and the last that of the last step, both counted from 0;
    /// or so with epochs.
    /// </summary>
    /// <inheritdoc/>
    public double FactorAt(TrainingPosition position) => At(position, First, 1, Last);

    /// <inheritdoc/>
    public double? MomentumAt(TrainingPosition position) => CyclesMomentum ? At(position, HighMomentum, LowMomentum, HighMomentum) : null;

    /// <inheritdoc/>
    public ILearningRateSchedule ByStep() => this with { ByEpoch = false };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.ProperShare(Rise),
        .. Rule.Share(First),
        .. Rule.InClosed(Last, 0, 1),
    ];

    private double At(TrainingPosition position, double first, double top, double last)
    {
        (long step, long steps) = ByEpoch ? (position.Epoch, position.Epochs) : (position.StepsBefore, position.AllSteps);
        return At(step, Rise * steps - 1, steps - 1, first, last, top);
    }

    private static double At(double step, double turn, double end, double first, double last, double top = 1)
    {
        if (step <= turn && turn > 0)
            return Cosine(first, top, step / turn);
        // A training of a single step has it at the top.
        return end > Math.Max(turn, 0) ? Cosine(top, last, Math.Clamp((step - turn) / (end - turn), 0, 1)) : top;
    }

    private static double Cosine(double from, double to, double share) => to + (from - to) * (1 + Math.Cos(Math.PI * share)) / 2;
}
