using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The radius grows along half a cosine, epoch by epoch (the code of Huang et al. 2021, arXiv 2110.03825).</summary>
public sealed record CosineRadius : IRadiusSchedule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cosine-radius";

    /// <summary>The share of the epochs that the growth takes, in (0, 1]. Default 0.2 (Huang et al. 2021).</summary>
    public double Share { get; init; } = 0.2;

    /// <summary>The part of the radius that it starts from, in (0, 1]. Default 0.25: 2/255 of 8/255 (Huang et al. 2021).</summary>
    public double From { get; init; } = 0.25;

    /// <summary>
    /// Lets the radius go down and up again ever after, as the published code does, which does not stop the cosine. Default:
    /// no, it stays whole.
    /// </summary>
    public bool Oscillates { get; init; }

    /// <inheritdoc/>
    public double Factor(TrainingPosition position)
    {
        double share = position.Epoch / (position.Epochs * Share);
        return From + (1 - From) * (1 - Math.Cos(Math.PI * (Oscillates ? share : Math.Min(share, 1)))) / 2;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Share(Share),
        .. Rule.Share(From),
    ];
}
