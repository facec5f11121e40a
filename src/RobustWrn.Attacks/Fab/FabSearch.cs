using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The walks of <see cref="Fab"/> and <see cref="TargetedFab"/> along decision boundaries, and the nearest image that each example has met on them. Its tensors belong to the
/// dispose scope it is made in.
/// </summary>
internal sealed class FabSearch
{
    // The least length of a move when two are weighed against each other (Croce and Hein's code).
    private const double Shortest = 1e-8;

    private readonly FabWalk _walk;
    private readonly AttackContext _context;
    private readonly AttackedModel _model;
    private readonly IHyperplaneProjection _hyperplanes;
    private readonly bool _bounded;
    private readonly NearestFound _found;

    /// <param name="walk">The constants.</param>
    /// <param name="hyperplanes">The shortest moves of the threat's norm.</param>
    /// <param name="context">What is attacked.</param>
    /// <param name="model">Its model.</param>
    /// <param name="bounded">Whether only what lies within epsilon counts, and a walk leaves out what an earlier one has fooled there.</param>
    public FabSearch(FabWalk walk, IHyperplaneProjection hyperplanes, AttackContext context, AttackedModel model, bool bounded)
    {
        (_walk, _hyperplanes, _context, _model, _bounded) = (walk, hyperplanes, context, model, bounded);
        _found = new NearestFound(context, model);
    }

    /// <summary>Of the unchanged images, (N, classes).</summary>
    public Tensor Logits => _found.Logits;

    public MinimalPerturbations Result => _found.Result;

    /// <summary>One walk of all examples that are not done. The first starts at the images, or where the context says; later ones at random.</summary>
    public void Run(CompetingClasses rivals, int restart, RandomStream noise, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = _found.Rows(_bounded ? _context.Threat.Epsilon : 0);
        if (rows.numel() == 0 || rivals.Count == 0)
            return;
        AttackContext left = _context.Rows(rows);
        (Tensor best, Tensor nearest) = _found.At(rows);
        Tensor point = restart > 0 ? RandomStart(left, nearest, noise.At(restart)) : left.Start?.Clamped(0, 1) ?? left.Images.clone();
        Walk(point, left.Images, best, nearest, rivals.Select(rows), cancellationToken);
        _found.Keep(rows, best, nearest);
    }

    /// <summary>A random move of half the distance that is to be beaten: the smaller of the nearest so far and epsilon (Croce and Hein 2020, section 3).</summary>
    private static Tensor RandomStart(AttackContext left, Tensor nearest, RandomStream noise)
    {
        Tensor radius = nearest.Clamped(0, left.Threat.Epsilon).TimesInPlace(0.5).reshape(-1, 1, 1, 1);
        Tensor direction = left.Threat.RandomDirection(noise, left.Examples.AsSpan(), left.Images);
        return left.Images.Plus(direction * radius).ClampInPlace(0, 1);
    }

    /// <summary>Croce and Hein 2020, algorithm 1; writes into best and nearest.</summary>
    private void Walk(Tensor point, Tensor images, Tensor best, Tensor nearest, CompetingClasses rivals, CancellationToken cancellationToken)
    {
        Tensor origin = images.flatten(1);
        using FiniteWatch watch = new(_context);
        for (int step = 0; step < _walk.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            NearestLinearizedBoundary boundary = NearestLinearizedBoundary.At(point, _model, rivals, _context.Threat);
            watch.Add(boundary.Normals);
            Tensor next = Step(point.flatten(1), origin, boundary);
            Tensor distance = _context.Threat.Length(next - origin);
            next = next.reshape(point.shape);
            // With a bound, what lies beyond it only steers.
            Tensor closer = _bounded ? distance.lt(nearest).logical_and_(distance.IsAtMost(_context.Threat.Epsilon)) : distance.lt(nearest);
            Tensor fooled = Fooled(next, closer, rivals);
            closer.logical_and_(fooled);
            best.copy_(where(closer.reshape(-1, 1, 1, 1), next, best));
            nearest.copy_(where(closer, distance, nearest));
            // Back to the near side of the boundary: beta of the way from the image.
            Tensor back = images.Plus((next - images).TimesInPlace(_walk.Beta));
            point.copy_(where(fooled.reshape(-1, 1, 1, 1), back, next));
        }
        watch.ThrowIfNotFinite(_model);
    }

    // Where a view steers, only claims that come closer are confirmed; the others steer.
    private Tensor Fooled(Tensor points, Tensor closer, CompetingClasses rivals)
    {
        Tensor claimed = rivals.Goal.Reached(_model.SteeringLogits(points));
        return _model.HasView ? where(closer, _model.Confirmed(claimed & closer, points, rivals.Goal), claimed) : claimed;
    }

    /// <summary>A step over the boundary, between the moves from the point and from the image, the nearer of the two weighing more (equations 7 to 9).</summary>
    private Tensor Step(Tensor point, Tensor origin, NearestLinearizedBoundary boundary)
    {
        long count = point.shape[0];
        Tensor atOrigin = (boundary.Normals * (origin - point)).sum(1).Plus(boundary.Values);
        Tensor moves = _hyperplanes.ToHyperplane(cat([point, origin]), cat([boundary.Normals, boundary.Normals]), cat([boundary.Values, atOrigin]));
        Tensor lengths = _context.Threat.Length(moves).ClampInPlace(Shortest, double.PositiveInfinity).unsqueeze(1);
        Tensor own = lengths.narrow(0, 0, count), direct = lengths.narrow(0, count, count);
        Tensor share = (own / own.Plus(direct)).ClampInPlace(0, _walk.MaxBias);
        moves.TimesInPlace(_walk.Overshoot);
        Tensor fromPoint = moves.narrow(0, 0, count).Plus(point), fromOrigin = moves.narrow(0, count, count).Plus(origin);
        return (fromPoint * share.neg().PlusInPlace(1)).PlusInPlace(fromOrigin * share).ClampInPlace(0, 1);
    }
}
