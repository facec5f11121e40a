using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the model returns probabilities instead of logits, as AutoAttack asks (Croce and Hein 2020): each row in [0, 1] with sum 1 within 1e-5. A cross-entropy on them takes the softmax of a
/// softmax, whose gradient fades where the model is sure.
/// </summary>
public sealed record ProbabilityOutputCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "probability-outputs";

    private const double Rounding = 1e-5;

    /// <inheritdoc/>
    public long PassesPerExample => 5;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        // Logits that happen to be non-negative and add up to 1 on three images are not logits.
        if (!subject.Looks.TryGet(3, int.MaxValue, out var looks, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        if (!looks.All(look => look.Seen.Logits.All(value => value is >= 0 and <= 1) && Math.Abs(look.Seen.Logits.Sum() - 1) <= Rounding))
            return AuditAnswer.NothingFound;
        return AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect, "the model must return logits",
            string.Create(CultureInfo.InvariantCulture, $"got numbers in [0, 1] with sum 1 for all of {Quantity.Of(looks.Count, "image")}"), "Leave the softmax out of the model that is attacked; losses take it themselves."));
    }
}
