using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Outside.Tests;

/// <summary>Steps that shorten from a first length along half a cosine.</summary>
/// <param name="First">The first length.</param>
public sealed record CosineStep(double First) : IStepRule
{
    public const string TypeName = "outside-cosine";

    public AscentUpdate Begin(AscentRun run) =>
        new SteepestUpdate(run, step => First * (1 + Math.Cos(Math.PI * step / run.Steps)) / 2);

    public IEnumerable<Problem> Problems() => Rule.Positive(First);
}
