using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the model really is in evaluation mode: no module that it names trains on after <c>eval()</c>, and an image's logits do not depend on who else is in the batch. TorchSharp does not
/// see modules in arrays and lists, so <c>eval()</c> passes them by; then only the second shows it.
/// </summary>
public sealed record TrainingModeCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "training-mode";

    private const int Images = 16;
    private const double Rounding = 1e-4;

    /// <inheritdoc/>
    public long PassesPerExample => 7;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        string[] training = [.. subject.Module.named_modules().Where(named => named.module.training).Select(named => named.name)];
        List<AuditFinding> findings = [];
        if (training.Length > 0)
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Suspect, "every module must be in evaluation mode while it is attacked",
                string.Create(CultureInfo.InvariantCulture, $"got {training.Length} in training mode after eval(): {string.Join(", ", training.Take(3))}"), "Do not override train() so that it keeps the flag, and set none in forward()."));
        }
        AuditEvidence<double> repeats = new(subject, subject.Sample, 2, (context, token) => RepeatedLogits.Differences(subject.Model, context.Images, 2, token));
        AuditEvidence<double> fewer = new(subject, subject.Sample, 2, (context, _) => RepeatedLogits.AmongFewer(subject.Model, context.Images));
        if (!repeats.TryGet(1, Images, out var again, out AuditAnswer? refusal, cancellationToken) || !fewer.TryGet(Math.Min(4, subject.BlockSize), Images, out var seen, out refusal, cancellationToken))
            return findings.Count > 0 ? AuditAnswer.Found([.. findings]) : refusal!;
        if (again.Max(image => image.Seen) > Rounding)
            return findings.Count > 0 ? AuditAnswer.Found([.. findings]) : AuditAnswer.CouldNot("logits differ from pass to pass, so it cannot be told whether they depend on the batch too.");
        double largest = seen.Max(image => image.Seen);
        if (largest > Rounding)
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Invalid, "an image's logits must not depend on the other images of the batch",
                string.Create(CultureInfo.InvariantCulture, $"got logits of length 1 that differ by up to {largest:0.###e+0} when half of the batch is left out, for {seen.Count(image => image.Seen > Rounding)} of {Quantity.Of(seen.Count, "image")}"),
                "A normalisation computes statistics of the batch. Register every submodule (ModuleList, not an array), so that eval() reaches it."));
        }
        return AuditAnswer.Found([.. findings]);
    }
}
