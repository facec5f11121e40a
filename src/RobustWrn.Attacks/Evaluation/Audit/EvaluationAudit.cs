using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// What an evaluation does at its end to say whether its numbers can be believed: checks, from cheap to dear, on some of its images, at a small share of its cost.
/// </summary>
public sealed record EvaluationAudit : IDescription
{
    /// <summary>The most images it asks about. Default and limit 256: a defect of one image in twenty shows in them as surely as in ten thousand.</summary>
    public int Examples { get; init; } = 256;

    /// <summary>The most it costs, as a share of the passes that the attacks took. Default 0.1. Checks that cannot be made for it are listed.</summary>
    public double Share { get; init; } = 0.1;

    /// <summary>
    /// How likely chance may show what a check that counts reports. Default 1e-4: all checks of an audit together then err in one of a thousand evaluations even if each were at the edge of
    /// what it allows (Bonferroni), and sound ones are far from it.
    /// </summary>
    public double Significance { get; init; } = 1e-4;

    /// <summary>The checks; null for all of the library and of the loaded assemblies that use it, with their defaults.</summary>
    public ValueList<IAuditCheck>? Checks { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Between(Examples, 1, 256), .. Rule.Share(Share), .. Rule.ProperShare(Significance),
        .. Rule.Each(Checks ?? [], check => check.ProblemsAs(""), nameof(Checks)),
    ];

    /// <summary>What an evaluation would refuse of images, as a report: pixels outside [0, 1], NaN, and pixels on another scale. It throws for none of them.</summary>
    /// <param name="images">(N, C, H, W), floating point; not changed, not disposed.</param>
    public static AuditReport OfImages(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4 || images.numel() == 0 || !images.is_floating_point())
            throw new ArgumentException($"images must be a floating-point tensor (N, C, H, W) with at least one image, got ({string.Join(", ", images.shape)}) {images.dtype}.", nameof(images));
        PixelRangeCheck check = new();
        return AuditReport.Of([(((IAuditCheck)check).Name, AuditAnswer.Found([.. check.OfImages(images)]))]) with { Examples = (int)images.shape[0] };
    }

    /// <summary>The checks in the order they are made.</summary>
    internal IReadOnlyList<IAuditCheck> InOrder() =>
    [
        .. (Checks ?? DescriptionTypes.Implementing(typeof(IAuditCheck)).Values.Select(type => (IAuditCheck)Activator.CreateInstance(type)!))
            .OrderBy(check => check.PassesPerExample).ThenBy(check => check.Name, StringComparer.Ordinal),
    ];

    /// <summary>Makes the checks.</summary>
    /// <param name="subject">The evaluation.</param>
    /// <param name="passes">What its attacks took.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    internal AuditReport Examine(AuditSubject subject, long passes, CancellationToken cancellationToken)
    {
        IReadOnlyList<IAuditCheck> checks = InOrder();
        long budget = (long)(Share * passes), begun = PassMeter.Now;
        AuditAnswer[] answers = new AuditAnswer[checks.Count];
        for (int i = 0; i < checks.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // An equal share of what is left: what a check does not use, because others paid for it or because it could not be made, is there for the dearer ones.
            int waiting = checks.Skip(i).Count(check => check.PassesPerExample > 0);
            subject.Allow(checks[i].PassesPerExample > 0 ? Left() / waiting : 0);
            answers[i] = Examine(checks[i], subject, cancellationToken);
        }
        // Shares that were too small for anything together suffice for some.
        for (int i = 0; i < checks.Count; i++)
        {
            if (!answers[i].IsTooDear)
                continue;
            subject.Allow(Left());
            answers[i] = Examine(checks[i], subject, cancellationToken);
        }
        return AuditReport.Of(checks.Select((check, i) => (check.Name, answers[i]))) with { Examples = subject.Sample.Count, Passes = PassMeter.Since(begun), Budget = budget };

        long Left() => Math.Max(0, budget - PassMeter.Since(begun));
    }

    // Hours of attacks are not lost for a question that the model cannot answer: that it could not is part of the report.
    private static AuditAnswer Examine(IAuditCheck check, AuditSubject subject, CancellationToken cancellationToken)
    {
        try
        {
            return check.Examine(subject, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            return AuditAnswer.CouldNot($"it failed: {e.Message}");
        }
    }
}
