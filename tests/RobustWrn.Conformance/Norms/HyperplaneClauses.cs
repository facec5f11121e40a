using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Norms;

/// <summary>Clauses of <see cref="IHyperplaneProjection"/>.</summary>
internal static class HyperplaneClauses
{
    public static void MovesOntoHyperplanes(ThreatModel norm)
    {
        if (norm is not IHyperplaneProjection hyperplanes)
            return;
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor points, Tensor normals, Tensor values) = Planes(given);
            Tensor moves = hyperplanes.ToHyperplane(points, normals, values), moved = points.Plus(moves);
            Assert.True((moved.IsAtLeast(-given.Rounding) & moved.IsAtMost(1 + given.Rounding)).all().item<bool>(),
                "a move must end in [0, 1]");
            Assert.True(moves.FilledWhere(normals.IsEqualTo(0).logical_not(), 0).IsEqualTo(0).all().item<bool>(),
                "pixels of slope 0 must stay");
            Tensor left = values.Plus((normals * moves).sum(1)).abs();
            Tensor atCorner = (moved - Corner(points, normals, values)).abs().amax([1]).IsAtMost(given.Rounding);
            Assert.True((left.IsAtMost(10 * given.Rounding) | atCorner).all().item<bool>(),
                "a move must meet the plane, or end in the corner nearest to it");
            Assert.InRange(atCorner.sum().item<long>(), 1, NormCase.Count - 2);

            // In the middle of the box, near the plane, the box does not count.
            Tensor middle = zeros_like(points).Plus(0.5), near = values.sign().Times(1e-3);
            Tensor length = norm.Length(hyperplanes.ToHyperplane(middle, normals, near));
            given.AssertNear(near.abs() / norm.DualNorm(normals), length,
                "a move far from the box must be as long as the value over the dual norm", 1e-3);
        }
    }

    public static void MovesTheShortestWay(ThreatModel norm)
    {
        if (norm is not IHyperplaneProjection hyperplanes)
            return;
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor points, Tensor normals, Tensor values) = Planes(given);
            Tensor moves = hyperplanes.ToHyperplane(points, normals, values), length = norm.Length(moves);
            Tensor corner = Corner(points, normals, values), reachable = Function(corner).sign().ne(values.sign());
            for (int draw = 0; draw < 40; draw++)
            {
                // A point of the box on the other side, and from there back along the way to the start until the plane is met.
                Tensor drawn = given.Pixels(100 + draw).flatten(1), beyond = corner.Plus((drawn - corner).Times(draw / 40.0));
                Tensor across = Function(beyond).sign().ne(values.sign());
                Tensor share = (values / (values - Function(beyond))).unsqueeze(1);
                // Ball and box are convex: what is better far away is better on the way there, too.
                foreach (double part in (double[])[1, 0.1, 0.001])
                {
                    Tensor other = (beyond - points).mul(share).TimesInPlace(part).PlusInPlace(moves.Times(1 - part));
                    Tensor shorter = norm.Length(other).lt(length.Times(1 - 10 * given.Rounding)) & across & reachable;
                    Assert.False(shorter.any().item<bool>(),
                        "a feasible random move must not be shorter than the move onto the hyperplane");
                }
            }

            Tensor Function(Tensor at) => values.Plus((normals * (at - points)).sum(1));
        }
    }

    // Planes near and far, one of them out of reach.
    private static (Tensor Points, Tensor Normals, Tensor Values) Planes(NormCase given)
    {
        Tensor points = given.Images.flatten(1), normals = given.Gradient.flatten(1);
        double[] values = [0.1, -0.5, 2, -3, 0.01, -100];
        return (points, normals, tensor(values).to(given.Dtype));
    }

    // The point of the box where the function is nearest to 0 or beyond; pixels of slope 0 stay.
    private static Tensor Corner(Tensor points, Tensor normals, Tensor values)
    {
        Tensor corner = where(normals.IsAbove(0).eq(values.IsAtLeast(0).unsqueeze(1)), zeros_like(points), ones_like(points));
        return where(normals.IsEqualTo(0), points, corner);
    }
}
