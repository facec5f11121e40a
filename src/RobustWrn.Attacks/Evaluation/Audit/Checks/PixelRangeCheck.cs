using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the pixels are on the scale that the threat means, and the model has an answer everywhere on it. Images outside [0, 1] or with NaN are refused by every evaluation (see
/// <see cref="EvaluationAudit.OfImages"/> for tensors of one's own); what is left to see is images that fill next to nothing of [0, 1], as after dividing by 255 twice, where a radius of 8/255
/// covers anything, and logits that are not finite at the corners of [0, 1], where attacks go.
/// </summary>
public sealed record PixelRangeCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "pixel-range";

    // Real images of one set, dark ones too, reach far more; divided twice they reach 1/255.
    private const double Narrow = 0.05;
    private const int Images = 64;

    /// <inheritdoc/>
    public long PassesPerExample => 1;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <summary>All that can be said of images without a model.</summary>
    internal IEnumerable<AuditFinding> OfImages(Tensor images) => [.. PixelRange.Box(this, images), .. PixelRange.Scale(this, images, Narrow)];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        AttackContext context = subject.Context([.. subject.Sample.Take(Images)]);
        List<AuditFinding> findings = [.. PixelRange.Scale(this, context.Images, Narrow)];
        if (subject.Allowance < 2)
            return findings.Count > 0 ? AuditAnswer.Found([.. findings]) : AuditAnswer.TooDear("it takes 2 passes to ask about a black and a white image, and none were left. Evaluate more images.");
        Tensor corner = context.Images.narrow(0, 0, 1);
        try
        {
            subject.Model.Logits(cat([zeros_like(corner), ones_like(corner)])).Dispose();
        }
        catch (NonFiniteLogitsException e)
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Suspect, "the model must have finite logits everywhere in [0, 1]", string.Create(CultureInfo.InvariantCulture, $"got NaN or infinity for {e.Rows} of a black and a white image"),
                "Look for divisions by a deviation of 0, square roots and logarithms in the model: an attack that comes there ends in an error instead of a verdict."));
        }
        return AuditAnswer.Found([.. findings]);
    }
}
