using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>The same norm with the part that FAB and DeepFool need.</summary>
public sealed record L4BoundaryThreat : ThreatModel, IHyperplaneProjection
{
    public const string TypeName = "outside-l4-boundary";

    private L4Threat Ball => new() { Epsilon = Epsilon };

    public override string Norm => Ball.Norm;

    public override double Tolerance => Ball.Tolerance;

    public override double Diameter(long values) => Ball.Diameter(values);

    public override Tensor Distance(Tensor candidates, Tensor images) => Ball.Distance(candidates, images);

    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) =>
        Ball.RandomStart(images, noise, examples);

    public override Tensor SteepestDirection(Tensor gradient) => Ball.SteepestDirection(gradient);

    public override Tensor Project(Tensor candidates, Tensor images) => Ball.Project(candidates, images);

    // The least sum of fourth powers: each change goes with the cubic root of its slope (Karush, Kuhn and Tucker), until the box ends.
    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return problem.MoveTogether(problem.Slopes.ToThePower(1.0 / 3));
    }
}
