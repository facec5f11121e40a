using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>A gradient attack of somebody else's: projected ascent from a random start whose steps shorten along half a cosine.</summary>
public sealed record CosinePgd : IAttack
{
    public const string TypeName = "outside-cosine-pgd";

    public int Steps { get; init; } = 20;

    public string Name => $"cosine PGD-{Steps}";

    public long MaxGradients => Steps;

    public IAttack WithEffort(double share) => this with { Steps = (int)Math.Ceiling(Steps * share) };

    public IEnumerable<Problem> Problems() => Rule.Positive(Steps);

    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        return new GradientAscent(new CrossEntropy(), new CosineStep(context.Threat.Epsilon), Steps).Run(context, cancellationToken);
    }
}
