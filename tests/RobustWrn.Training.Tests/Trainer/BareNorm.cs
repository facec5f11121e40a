using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>A norm with nothing but what every norm must have: Linf without its parts.</summary>
internal sealed record BareNorm : ThreatModel
{
    public const string TypeName = "test-bare";

    private LinfThreat Full => new() { Epsilon = Epsilon };

    public override string Norm => "bare";

    public override double Tolerance => Full.Tolerance;

    public override Tensor Distance(Tensor candidates, Tensor images) => Full.Distance(candidates, images);

    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) =>
        Full.RandomStart(images, noise, examples);

    public override Tensor SteepestDirection(Tensor gradient) => Full.SteepestDirection(gradient);

    public override Tensor Project(Tensor candidates, Tensor images) => Full.Project(candidates, images);
}
