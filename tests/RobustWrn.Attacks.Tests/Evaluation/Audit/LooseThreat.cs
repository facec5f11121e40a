using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A threat of a user's own whose projection goes half as far again as it says, and whose tolerance hides it.</summary>
public sealed record LooseThreat : ThreatModel
{
    public const string TypeName = "test-loose";

    private LinfThreat Wide => Linf(1.5 * Epsilon);

    /// <summary>The name of the norm.</summary>
    public string Called { get; init; } = "linf";

    public override string Norm => Called;

    public override double Tolerance => 1;

    public override Tensor Distance(Tensor candidates, Tensor images) => Wide.Distance(candidates, images);

    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => Wide.RandomStart(images, noise, examples);

    public override Tensor SteepestDirection(Tensor gradient) => Wide.SteepestDirection(gradient).Times(1.5);

    public override Tensor Project(Tensor candidates, Tensor images) => Wide.Project(candidates, images);
}
