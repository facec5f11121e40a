using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>An attack that found its images elsewhere, and remembers what it was asked for.</summary>
internal sealed record GivenImages(Tensor Images) : IAttack
{
    public List<AttackContext> Asked { get; } = [];

    public string Name => "given images";

    public long MaxGradients => 0;

    public IAttack WithEffort(double share) => this;

    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        Asked.Add(context with { Labels = context.Labels.clone().DetachFromDisposeScope() }); // what it is given ends with the call
        return Images.clone();
    }

    public IEnumerable<Problem> Problems() => [];
}
