using System.Globalization;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A first look at an image: its logits, which losses have no gradient there, and what one step along the gradient and one random step of the same length do.</summary>
public sealed record AuditLook
{
    /// <summary>Its logits.</summary>
    public required ValueList<double> Logits { get; init; }

    /// <summary>
    /// For each of <see cref="AuditSubject.Losses"/>, whether its gradient with respect to the pixels is zero, or so small that it has lost
    /// digits.
    /// </summary>
    public required ValueList<bool> WithoutGradient { get; init; }

    /// <summary>How far the true class leads, in logits; below 0 the model errs.</summary>
    public required double Lead { get; init; }

    /// <summary>The same after a step of epsilon along the gradient of the first loss (FGSM).</summary>
    public required double LeadAfterStep { get; init; }

    /// <summary>The same after a random step of epsilon.</summary>
    public required double LeadAfterNoise { get; init; }

    /// <summary>
    /// Gradients whose largest entry is below it have vanished: the smallest normal number of the dtype over its rounding, 2^-102 in
    /// float32. Entries as much smaller than the largest as
    /// rounding is, which steps still tell from zero, are then no normal numbers any more, and what the backward pass multiplied on the way
    /// was already lost.
    /// </summary>
    internal static double SmallestWhole(ScalarType dtype) =>
        dtype == ScalarType.Float64 ? Math.ScaleB(1, -1022 + 53) : Math.ScaleB(1, -126 + 24);

    /// <summary>Passes for an image.</summary>
    internal static long Passes(int losses) => 1 + 2 * losses + 2;

    internal static IReadOnlyList<AuditLook> Of(AuditSubject subject, AttackContext context)
    {
        AttackGoal goal = new(context.Labels);
        using GradientPass pass = subject.Model.Pass(context.Images);
        List<bool[]> without = [];
        Tensor? first = null;
        for (int i = 0; i < subject.Losses.Count; i++)
        {
            IAttackLoss loss = subject.Losses[i];
            Tensor gradient = pass.Gradient(logits => subject.Model.RankOf(loss, logits, goal).sum(), last: i == subject.Losses.Count - 1);
            first ??= gradient;
            without.Add(gradient.flatten(1).abs().amax([1]).IsBelow(SmallestWhole(gradient.dtype)).cpu().data<bool>().ToArray());
        }
        ThreatModel ball = subject.Ball;
        Tensor step = ball.Project(context.Images.Plus(ball.SteepestDirection(first!).Times(ball.Epsilon)), context.Images);
        Tensor noise = ball.Project(new SurfaceStart().From(context with { Threat = ball }, context.Noise.For("noise")), context.Images);
        double[] leads = AuditSubject.Leads(pass.Logits, goal), stepped = AuditSubject.Leads(subject.Model.Logits(step), goal), shaken = AuditSubject.Leads(subject.Model.Logits(noise), goal);
        double[] logits = pass.Logits.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        int classes = (int)pass.Logits.shape[1];
        return [.. leads.Select((lead, i) => new AuditLook
        {
            Logits = logits.Skip(i * classes).Take(classes).ToValueList(),
            WithoutGradient = without.Select(flags => flags[i]).ToValueList(),
            Lead = lead,
            LeadAfterStep = stepped[i],
            LeadAfterNoise = shaken[i],
        })];
    }

    /// <summary>The lead of the true class at the image, after a step and after noise.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"lead of the true class {Lead:g3}, {LeadAfterStep:g3} after a step, {LeadAfterNoise:g3} after noise");
}
