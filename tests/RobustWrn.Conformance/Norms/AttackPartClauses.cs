using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Norms;

/// <summary>Clauses of the parts that single attacks ask for, and of what takes their place where a norm has none.</summary>
internal static class AttackPartClauses
{
    private const int Steps = 12;

    public static void RunsApgdInItsBall(ThreatModel norm)
    {
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            IApgdGeometry? own = given.Threat as IApgdGeometry;
            Tensor images = given.Images;
            Tensor start = own?.ApgdStart(images, given.Noise, NormCase.Ids) ?? given.Threat.RandomStart(images, given.Noise, NormCase.Ids);
            given.AssertInside(start, "a start of APGD");
            using ActiveExamples active = new(NormCase.Count);
            AscentRun run = new()
            {
                Threat = given.Threat,
                Ball = given.Threat,
                Steps = Steps,
                Active = active,
                Images = active.Keep(images.alias()),
                Start = start,
            };
            AscentUpdate update = own?.ApgdUpdate(run) ?? new LpUpdate(given.Threat, run);
            Tensor point = start, loss = zeros_like(start.flatten(1).select(1, 0)), first = update.StepSize.clone();
            for (int step = 1; step <= Steps; step++)
            {
                Tensor gradient = given.Noise.For("slopes").At(step).Normal(NormCase.Ids, [3, 4, 4], given.Dtype);
                point = update.Next(point, gradient);
                given.AssertInside(point, $"step {step} of APGD");
                Assert.Equal([NormCase.Count, 1, 1, 1], update.StepSize.shape);
                // A loss that never rises again: what is best stays best.
                update.Adapt(loss.Minus(step), loss.Minus(step), (start, loss))?.Dispose();
            }
            Assert.True(update.StepSize.lt(first).all().item<bool>(), "a step that no longer raises the loss must get shorter");
            active.Drop([true, .. Enumerable.Repeat(false, NormCase.Count - 1)]);
            Tensor left = update.Next(point.narrow(0, 1, NormCase.Count - 1), given.Gradient.narrow(0, 1, NormCase.Count - 1));
            Assert.Equal(NormCase.Count - 1, left.shape[0]);
            Assert.InRange(own?.LargerBalls().Count ?? 0, 0, 2);
        }
    }

    public static void AsksQueriesInItsBall(ThreatModel norm)
    {
        if (norm is not ISquareGeometry)
            return;
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            using ISquareWindows windows = ((ISquareGeometry)given.Threat).SquareWindows();
            Tensor images = given.Images, best = windows.Start(Query(images, 0, 0.8));
            given.AssertInside(best, "a start of Square");
            foreach (double share in (double[])[1, 0.8, 0.2, 0.01])
            {
                (Tensor points, PixelWindow? window) = windows.Candidate(Query(best, 1, share));
                given.AssertInside(points, $"a query of Square with windows of {share}");
                if (window is not null)
                    AssertNothingElseMoved(points, best, window);
                best = points;
            }

            SquareQuery Query(Tensor points, long query, double share) =>
                new(images, points, NormCase.Ids.ToValueList(), given.Noise.For("window").At(query), share);
        }
    }

    public static void HasItsDenseBallInside(ThreatModel norm)
    {
        if (norm is not ISparseAscent)
            return;
        foreach (NormCase given in NormCase.Both(norm))
        {
            using DisposeScope scope = NewDisposeScope();
            ThreatModel dense = ((ISparseAscent)given.Threat).DenseBall(NormCase.Values);
            Tensor step = dense.SteepestDirection(ones_like(given.Images)).Times(dense.Epsilon);
            Assert.True(step.IsEqualTo(0).logical_not().all().item<bool>(), "steepest ascent of the dense ball must move all values");
            given.AssertInside(dense.Project(given.Images.Plus(step), given.Images), "a step in the dense ball");
            given.AssertInside(dense.RandomStart(given.Images, given.Noise, NormCase.Ids), "a start in the dense ball");
        }
    }

    private static void AssertNothingElseMoved(Tensor points, Tensor best, PixelWindow window)
    {
        for (int i = 0; i < NormCase.Count; i++)
        {
            Tensor moved = (points[i] - best[i]).abs();
            moved.narrow(1, window.Rows[i], window.Side).narrow(2, window.Columns[i], window.Side).TimesInPlace(0);
            Assert.Equal(0, moved.max().Number());
        }
    }
}
