using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>Another schedule, multiplied at first by a straight line up to 1 (Goyal et al. 2017, arXiv 1706.02677).</summary>
public sealed record WarmUpRate : ILearningRateSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "warm-up";

    /// <summary>
    /// The share of the training that the line takes, in (0, 1). Default 0.05: 5 epochs of 100; Goyal et al. 2017 take 5 epochs of 90.
    /// </summary>
    public double Share { get; init; } = 0.05;

    /// <summary>Where the line starts, in [0, 1]. Default 0: our choice; Goyal et al. 2017 start from 0.1 on the way to 3.2.</summary>
    /// <remarks>From 0, the very first step has a rate of 0 and changes only the statistics of batch norm.</remarks>
    public double From { get; init; }

    /// <summary>The schedule that is multiplied; it is not moved. Default: the drops of Huang et al. 2021.</summary>
    public ILearningRateSchedule Then { get; init; } = new PiecewiseRate();

    /// <inheritdoc/>
    public double Factor(double progress) => Line(progress) * Then.Factor(progress);

    /// <inheritdoc/>
    public double FactorAt(TrainingPosition position) => Line(position.Progress) * Then.FactorAt(position);

    /// <inheritdoc/>
    public double? MomentumAt(TrainingPosition position) => Then.MomentumAt(position);

    /// <inheritdoc/>
    public IReadOnlyList<int> DropsAfter(int epochs) => Then.DropsAfter(epochs);

    /// <inheritdoc/>
    public ILearningRateSchedule ByStep() => this with { Then = Then.ByStep() };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.ProperShare(Share),
        .. Rule.InClosed(From, 0, 1), .. Then.ProblemsAs(nameof(Then)),
    ];

    private double Line(double progress) => progress >= Share ? 1 : From + (1 - From) * progress / Share;
}
