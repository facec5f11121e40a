using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Norms;

/// <summary>A norm with one fault, to show that the contract finds it; without one it is the library's L2.</summary>
internal sealed record BrokenNorm : ThreatModel, IHyperplaneProjection, IApgdGeometry, ISquareGeometry, ISparseAscent
{
    public const string TypeName = "test-broken";

    private L2Threat Sound => new() { Epsilon = Epsilon };

    /// <summary>One of <see cref="Faults"/>, or another word for none.</summary>
    public string Fault { get; init; } = "none";

    /// <summary>Each fault with the clause it breaks.</summary>
    public static IReadOnlyDictionary<string, string> Faults { get; } = new Dictionary<string, string>
    {
        ["tolerates anything"] = "describes itself",
        ["forgets a setting"] = "describes itself",
        ["measures one way"] = "measures distances",
        ["squares distances"] = "measures distances",
        ["claims a smaller diameter"] = "attains its diameter",
        ["projects out of the box"] = "projects into ball and box",
        ["projects out of the ball"] = "projects into ball and box",
        ["shrinks what it projects"] = "projects once for all",
        ["projects onto the image"] = "projects once for all",
        ["starts out of the ball"] = "starts in ball and box",
        ["starts at the image"] = "starts in ball and box",
        ["draws for the whole batch"] = "keys noise by example",
        ["adds a small number to lengths"] = "ascends along the steepest direction",
        ["ascends along signs"] = "ascends along the steepest direction",
        ["overflows"] = "ascends along the steepest direction",
        ["draws long directions"] = "draws directions of length 1",
        ["moves half the way"] = "moves onto hyperplanes",
        ["moves out of the box"] = "moves onto hyperplanes",
        ["moves a long way"] = "moves onto hyperplanes the shortest way",
        ["starts APGD anywhere"] = "runs APGD in its ball",
        ["asks outside of the ball"] = "asks Square's queries in its ball",
        ["is dense outside of its ball"] = "has its dense ball inside",
        ["keeps a tensor"] = "releases its tensors",
    };

    public override string Norm => "l2";

    public override double Tolerance => Has("tolerates anything") ? 1 : Sound.Tolerance;

    public override double Diameter(long values) => Sound.Diameter(values) * (Has("claims a smaller diameter") ? 0.9 : 1);

    public override Tensor Distance(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        if (Has("keeps a tensor"))
            ones(1).DetachFromDisposeScope();
        Tensor moves = Has("measures one way") ? (candidates - images).ClampInPlace(0, 1e9) : candidates - images;
        Tensor lengths = Sound.Length(moves);
        return (Has("squares distances") ? lengths.Squared() : lengths).MoveToOuterDisposeScope();
    }

    public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples)
    {
        ThreatModel wide = Sound with { Epsilon = 4 * Epsilon };
        return Has("starts at the image") ? images.clone()
            : Has("starts out of the ball") ? wide.Project(images.Plus(5), images)
            : Has("draws for the whole batch") ? Sound.RandomStart(images, noise.At(examples.Length), examples)
            : Sound.RandomStart(images, noise, examples);
    }

    public override Tensor SteepestDirection(Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor lengths = gradient.flatten(1).norm(1).reshape(-1, 1, 1, 1);
        return (Has("adds a small number to lengths") ? gradient / lengths.Plus(1e-12)
            : Has("overflows") ? gradient / gradient.Squared().sum([1, 2, 3], keepdim: true).sqrt()
            : Has("ascends along signs") ? gradient.sign().EuclideanDirections()
            : gradient.EuclideanDirections()).MoveToOuterDisposeScope();
    }

    public override Tensor RandomDirection(RandomStream noise, ReadOnlySpan<long> examples, Tensor like)
    {
        using Tensor moves = Sound.RandomDirection(noise, examples, like);
        return moves.Times(Has("draws long directions") ? 1.01 : 1);
    }

    public override Tensor Project(Tensor candidates, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        ThreatModel wide = Sound with { Epsilon = 1.01 * Epsilon };
        Tensor projected = Sound.Project(candidates, images);
        return (Has("projects out of the box") ? images.Plus((candidates - images).EuclideanDirections().Times(Epsilon))
            : Has("projects out of the ball") ? wide.Project(candidates, images)
            : Has("shrinks what it projects") ? images.Plus((projected - images).Times(0.99))
            : Has("projects onto the image") ? images.clone()
            : projected).MoveToOuterDisposeScope();
    }

    public Tensor ToHyperplane(Tensor points, Tensor normals, Tensor values)
    {
        using HyperplaneInBox problem = new(points, normals, values);
        return Has("moves a long way") ? problem.MoveTogether(speeds: null)
            : Has("moves half the way") ? problem.MoveTogether(problem.Slopes).Times(0.5).MoveToOuterDisposeScope()
            : Has("moves out of the box") ? (normals * (values / normals.Squared().sum(1)).neg().unsqueeze(1)).MoveToOuterDisposeScope()
            : problem.MoveTogether(problem.Slopes);
    }

    public Tensor ApgdStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) =>
        Has("starts APGD anywhere") ? images.Plus(1) : Sound.ApgdStart(images, noise, examples);

    public AscentUpdate ApgdUpdate(AscentRun run, double rho = 0.75) => Sound.ApgdUpdate(run, rho);

    public ISquareWindows SquareWindows() =>
        (Has("asks outside of the ball") ? Sound with { Epsilon = 1.1 * Epsilon } : Sound).SquareWindows();

    public ThreatModel DenseBall(long values) => Has("is dense outside of its ball") ? Linf(Epsilon) : Sound;

    public bool Equals(BrokenNorm? other) => other is not null && Epsilon.Equals(other.Epsilon) && !Has("forgets a setting");

    public override int GetHashCode() => Epsilon.GetHashCode();

    private bool Has(string fault) => Fault == fault;
}
