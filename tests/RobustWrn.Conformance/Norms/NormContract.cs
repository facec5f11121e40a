using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Norms;

/// <summary>
/// The rules of any norm, clause by clause, at whatever radius; clauses of a part hold for norms that have it. Each throws when a norm
/// breaks it.
/// </summary>
public static class NormContract
{
    public static IReadOnlyDictionary<string, Action<ThreatModel>> Clauses { get; } = new Dictionary<string, Action<ThreatModel>>
    {
        ["describes itself"] = DescribesItself,
        ["measures distances"] = MeasuresDistances,
        ["attains its diameter"] = AttainsItsDiameter,
        ["projects into ball and box"] = ProjectsIntoBallAndBox,
        ["projects once for all"] = ProjectsOnceForAll,
        ["starts in ball and box"] = StartsInBallAndBox,
        ["keys noise by example"] = KeysNoiseByExample,
        ["ascends along the steepest direction"] = AscendsAlongTheSteepestDirection,
        ["draws directions of length 1"] = DrawsDirectionsOfLengthOne,
        ["moves onto hyperplanes"] = HyperplaneClauses.MovesOntoHyperplanes,
        ["moves onto hyperplanes the shortest way"] = HyperplaneClauses.MovesTheShortestWay,
        ["runs APGD in its ball"] = AttackPartClauses.RunsApgdInItsBall,
        ["asks Square's queries in its ball"] = AttackPartClauses.AsksQueriesInItsBall,
        ["has its dense ball inside"] = AttackPartClauses.HasItsDenseBallInside,
        ["releases its tensors"] = ReleasesItsTensors,
    };

    private static void DescribesItself(ThreatModel norm)
    {
        ThreatModel threat = NormCase.Sized(norm);
        SharedClauses.DescribesItself(threat);
        Assert.NotEmpty(threat.Norm);
        Assert.NotEmpty((norm with { Epsilon = 0 }).Problems());
        Assert.NotEmpty((norm with { Epsilon = double.NaN }).Problems());
        // As large as rounding in float32 explains: a larger one lets attacks out of the ball.
        Assert.InRange(threat.Tolerance, 0, 1e-4 * Math.Max(1, threat.Epsilon));
    }

    private static void MeasuresDistances(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor a = given.Images, b = given.Others, c = given.Pixels(9), far = norm.Distance(a, b);
            Assert.Equal([NormCase.Count], far.shape);
            Assert.Equal(given.Dtype, far.dtype);
            given.AssertNear(far, norm.Distance(b, a), "the distance of a pair must not depend on its order");
            given.AssertNear(zeros_like(far), norm.Distance(a, a), "an image must be at distance 0 of itself");
            Assert.True(far.IsAbove(0).all().item<bool>(), "images that differ must be at a distance above 0");
            given.AssertNear(far.Times(0.25), norm.Distance(a.Plus((b - a).Times(0.25)), a),
                "a quarter of a move must be a quarter as long");
            Assert.True(far.le(norm.Distance(a, c).Plus(norm.Distance(c, b)).Times(1 + given.Rounding)).all().item<bool>(),
                "a way over a third image must not be shorter");
            given.AssertNear(far, norm.Length(b - a), "the length of a move must be the distance of its ends");
            given.AssertNear(far, norm.Length((b - a).flatten(1)), "the length of a move must be the same when its values stand in a row");
        }
    }

    private static void AttainsItsDiameter(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            double diameter = norm.Diameter(NormCase.Values);
            if (double.IsInfinity(diameter))
                continue;
            using DisposeScope scope = NewDisposeScope();
            Tensor black = zeros_like(given.Images), corners = given.Pixels(7).Minus(0.5).sign().PlusInPlace(1).Over(2);
            given.AssertNear(black.flatten(1).select(1, 0).FilledLike(diameter), norm.Distance(ones_like(black), black),
                "black and white must lie the diameter apart");
            Assert.True(norm.Distance(corners, given.Images).IsAtMost(diameter * (1 + given.Rounding)).all().item<bool>(),
                "no two images in [0, 1] must lie farther apart than the diameter");
            ThreatModel whole = norm with { Epsilon = diameter }, larger = norm with { Epsilon = 8 * diameter };
            Assert.Equal(larger.Problems().Any() ? larger : whole, larger.InBox(NormCase.Values));
            given.AssertNear(ones_like(black), whole.Project(black.Plus(5), black), "a ball of the diameter must hold all of [0, 1]");
        }
    }

    private static void ProjectsIntoBallAndBox(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            foreach (double length in (double[])[0.01, 1, 100, 1e20])
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor projected = given.Threat.Project(given.Images.Plus(given.Moves.Times(length)), given.Images);
                given.AssertInside(projected, $"the projection of a point {length:g1} away");
                // Where the box ends no move, the ball alone has to.
                Tensor grey = zeros_like(projected).Plus(0.5), around = given.Threat.Project(grey.Plus(given.Moves.Times(length)), grey);
                given.AssertInside(around, $"the projection of a point {length:g1} away from grey", grey);
            }
        }
    }

    private static void ProjectsOnceForAll(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor images = given.Images, once = given.Threat.Project(images.Plus(given.Moves), images);
            Assert.True((once - given.Threat.Project(once, images)).abs().max().Number() <= given.Rounding,
                "a projected point must stay where it is");
            Assert.True((images - given.Threat.Project(images, images)).abs().max().Number() <= given.Rounding,
                "an image must stay where it is");
            // Half of the radius away, and in [0, 1]: within ball and box.
            Tensor near = images.Plus((once - images).Times(0.5));
            Assert.True((near - given.Threat.Project(near, images)).abs().max().Number() <= given.Rounding,
                "a point of the ball must stay where it is");
            Assert.True((once - images).abs().flatten(1).amax([1]).IsAbove(0).all().item<bool>(),
                "a point outside of the ball must end on its side");
        }
    }

    private static void StartsInBallAndBox(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor start = given.Threat.RandomStart(given.Images, given.Noise, NormCase.Ids);
            given.AssertInside(start, "a random start");
            Assert.True(given.Threat.Distance(start, given.Images).IsAbove(0).all().item<bool>(), "a random start must not be the image");
            Tensor other = given.Threat.RandomStart(given.Images, given.Noise.At(1), NormCase.Ids);
            Assert.True((start - other).abs().flatten(1).amax([1]).IsAbove(0).all().item<bool>(), "other noise must give another start");
        }
    }

    private static void KeysNoiseByExample(ThreatModel norm)
    {
        NormCase given = new(norm, ScalarType.Float64);
        using DisposeScope scope = NewDisposeScope();
        Tensor last = given.Images.narrow(0, NormCase.Count - 1, 1);
        Tensor together = given.Threat.RandomStart(given.Images, given.Noise, NormCase.Ids).narrow(0, NormCase.Count - 1, 1);
        given.AssertNear(together, given.Threat.RandomStart(last, given.Noise, [NormCase.Ids[^1]]),
            "an example must start alone as in a batch");
        Tensor directions = norm.RandomDirection(given.Noise, NormCase.Ids, given.Images).narrow(0, NormCase.Count - 1, 1);
        given.AssertNear(directions, norm.RandomDirection(given.Noise, [NormCase.Ids[^1]], last),
            "an example must move alone as in a batch");
    }

    private static void AscendsAlongTheSteepestDirection(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            foreach (double scale in (double[])[1, 1e-30, 1e30])
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor gradient = given.Gradient.Times(scale), direction = norm.SteepestDirection(gradient), dual = norm.DualNorm(gradient);
                Assert.Equal(gradient.shape, direction.shape);
                given.AssertNear(ones_like(dual), norm.Length(direction),
                    $"the steepest direction of a gradient of {scale:g1} must be of length 1");
                // Compared by the scale of the gradient: numbers of 1e-30 are all near 0.
                given.AssertNear(dual.Over(scale), (direction * gradient.Over(scale)).flatten(1).sum(1),
                    $"the steepest direction of a gradient of {scale:g1} must attain the dual norm");
                given.AssertNear(dual, norm.DualNorm(gradient.flatten(1)),
                    "the dual norm must be the same when the slopes stand in a row", scale);
                AssertNoneIsSteeper(given, direction, dual.Over(scale));
            }
            using DisposeScope none = NewDisposeScope();
            Tensor flat = zeros_like(given.Images);
            Assert.True(norm.SteepestDirection(flat).eq(flat).all().item<bool>(), "no gradient must give no direction");
            Assert.Equal(0, norm.DualNorm(flat).abs().max().Number());
        }
    }

    // Towards other moves that follow the slopes, a little and all the way: a direction that is not the steepest gets steeper on one of
    // them.
    private static void AssertNoneIsSteeper(NormCase given, Tensor direction, Tensor dual)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slopes = given.Gradient, steepest = slopes.abs().eq(slopes.abs().flatten(1).amax([1]).reshape(-1, 1, 1, 1)).to(slopes.dtype);
        foreach (Tensor other in (Tensor[])[given.Moves, slopes, slopes.sign(), slopes * slopes.abs(), slopes.sign() * steepest])
        {
            foreach (double part in (double[])[0.03, 0.3, 1])
            {
                Tensor towards = other / given.Threat.Length(other).reshape(-1, 1, 1, 1);
                Tensor mixed = direction.Times(1 - part).Plus(towards.Times(part));
                Tensor reached = (mixed * slopes).flatten(1).sum(1) / given.Threat.Length(mixed);
                Assert.True(reached.le(dual.Times(1 + given.Rounding)).all().item<bool>(),
                    "no move of length 1 must reach beyond the dual norm");
            }
        }
    }

    private static void DrawsDirectionsOfLengthOne(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor moves = norm.RandomDirection(given.Noise, NormCase.Ids, given.Images), lengths = norm.Length(moves);
            Assert.Equal(given.Images.shape, moves.shape);
            given.AssertNear(ones_like(lengths), lengths, "random directions must be of length 1");
        }
    }

    private static void ReleasesItsTensors(ThreatModel norm)
    {
        NormCase given = new(norm, ScalarType.Float32);
        using DisposeScope outer = NewDisposeScope();
        Tensor images = given.Images, moves = given.Moves, gradient = given.Gradient;
        SharedClauses.ReleasesItsTensors(() =>
        {
            norm.Distance(images, moves).Dispose();
            norm.Length(moves).Dispose();
            norm.DualNorm(gradient).Dispose();
            norm.SteepestDirection(gradient).Dispose();
            norm.RandomDirection(given.Noise, NormCase.Ids, images).Dispose();
            given.Threat.Project(moves, images).Dispose();
            given.Threat.RandomStart(images, given.Noise, NormCase.Ids).Dispose();
            if (norm is IHyperplaneProjection hyperplanes)
            {
                using Tensor points = images.flatten(1), normals = gradient.flatten(1), values = points.select(1, 0);
                hyperplanes.ToHyperplane(points, normals, values).Dispose();
            }
        });
    }
}
