using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The radius grows along a straight line, step by step, and then stays whole.</summary>
public sealed record LinearRadius : IRadiusSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "linear-radius";

    /// <summary>
    /// The share of the training that the line takes, in (0, 1]. Default 0.2, as the warm-up in the code of Huang et al. 2021.
    /// </summary>
    public double Share { get; init; } = 0.2;

    /// <summary>The part of the radius that it starts from, in (0, 1]. Default 0.25: 2/255 of 8/255, as there.</summary>
    public double From { get; init; } = 0.25;

    /// <inheritdoc/>
    public double Factor(TrainingPosition position) => position.Progress >= Share ? 1 : From + (1 - From) * position.Progress / Share;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Share(Share),
        .. Rule.Share(From),
    ];
}
