using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The way of an image under gradient ascent of a few steps that starts at the image.</summary>
/// <param name="Leads">How far the true class leads, in logits, at the image and after each step; below 0 the model errs.</param>
public sealed record AuditClimb(ValueList<double> Leads)
{
    /// <summary>Steps. 10, as in PGD-10, each a quarter of the radius (2/255 at 8/255): enough to reach any corner of the ball from any other (Madry et al. 2018, arXiv 1706.06083).</summary>
    public const int Steps = 10;

    /// <summary>Passes for an image: a gradient a step, and a last look.</summary>
    internal const long Passes = 3 * Steps + 1;

    private const double StepsToRadius = 4;

    /// <summary>Whether it is right at the end.</summary>
    public bool Stands => Leads[^1] > 0;

    /// <summary>Whether it is right all the way.</summary>
    public bool StandsThroughout => Leads.All(lead => lead > 0);

    internal static IReadOnlyList<AuditClimb> Of(
        AuditSubject subject, AttackContext context, ThreatModel ball, IAttackLoss loss, CancellationToken cancellationToken)
    {
        AttackGoal goal = new(context.Labels);
        List<double[]> leads = [];
        GradientAscent ascent = new(loss, new ConstantStep(ball.Epsilon / StepsToRadius), Steps)
        {
            Ball = ball,
            ChecksFinite = false,
            Watch = seen => leads.Add(AuditSubject.Leads(seen.Logits, goal)),
        };
        (Tensor end, _) = ascent.From(subject.Model, context, goal, context.Images.clone(), cancellationToken);
        // The model itself says where it ends.
        leads.Add(AuditSubject.Leads(subject.Model.Logits(end), goal));
        return [.. leads[0].Select((_, i) => new AuditClimb(leads.Select(each => each[i]).ToValueList()))];
    }

    /// <summary>The lead of the true class at the image and at the end.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"lead of the true class from {Leads[0]:g3} to {Leads[^1]:g3}");
}
