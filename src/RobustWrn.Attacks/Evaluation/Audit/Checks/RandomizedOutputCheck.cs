using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the model answers the same image in the same way each time: five passes whose logits, normalised to Euclidean length 1, differ by no more than 1e-4, as in AutoAttack (Croce and Hein
/// 2020). Randomness hides the way from attacks that take one gradient for the truth, and makes each verdict one draw.
/// </summary>
public sealed record RandomizedOutputCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "randomized-outputs";

    private const int Passes = 5, Images = 16;
    private const double Rounding = 1e-4;

    /// <inheritdoc/>
    public long PassesPerExample => Passes;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        AuditEvidence<double> repeats = new(subject, subject.Sample, Passes, (context, token) => RepeatedLogits.Differences(subject.Model, context.Images, Passes, token));
        if (!repeats.TryGet(1, Images, out var seen, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        double largest = seen.Max(image => image.Seen);
        if (largest <= Rounding)
            return AuditAnswer.NothingFound;
        string value = string.Create(CultureInfo.InvariantCulture, $"got logits of length 1 that differ by up to {largest:0.###e+0} over {Passes} passes for {seen.Count(image => image.Seen > Rounding)} of {Quantity.Of(seen.Count, "image")}");
        if (subject.Suite.Attacks.All(attack => attack.Losses.Count == 0 || attack.AveragesDraws))
            return AuditAnswer.CouldNot($"the model is randomised ({value}), and the attacks of the suite average over its draws: this is no finding.");
        return AuditAnswer.Found(AuditFinding.Of(this, AuditVerdict.Suspect, "a model must give an image the same logits each time", value,
            "Evaluate with AttackSuite.AutoAttackRand, or put ExpectationOverTransformation around each gradient attack."));
    }
}
