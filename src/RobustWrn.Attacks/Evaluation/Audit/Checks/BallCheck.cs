using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether images were moved no farther than the threat says, measured in pixel space and float64 without the threat's help: a threat whose distance or tolerance is wrong lets attacks and
/// evaluations pass that are of another ball.
/// </summary>
public sealed record BallCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "out-of-ball";

    /// <inheritdoc/>
    public long PassesPerExample => 0;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        AttackTally[] measured = [.. subject.Result.Attacks.Where(tally => tally.Farthest is not null)];
        if (measured.Length == 0 && subject.Result.Attacks.Any(tally => tally.CorrectBefore > 0))
        {
            return AuditAnswer.CouldNot($"the threat's norm is called \"{subject.Threat.Norm}\", and it measures Lp norms by names such as "
                + "linf, l2 and l4: the threat's own distance is all there is.");
        }
        double allowed = subject.Threat.Epsilon + PixelDistance.Rounding(subject.Threat.Norm, subject.Threat.Epsilon);
        return AuditAnswer.Found([.. measured.Where(tally => !(tally.Farthest <= allowed)).Select(tally => AuditFinding.Of(this, AuditVerdict.Invalid,
            string.Create(CultureInfo.InvariantCulture, $"images must move at most {subject.Threat.Epsilon:g6} in {subject.Threat.Norm}"),
            string.Create(CultureInfo.InvariantCulture, $"got one that {tally.Name} moved {tally.Farthest:g6}"),
            "Correct the threat's Distance or Tolerance: what it accepts is not the ball it names."))]);
    }
}
