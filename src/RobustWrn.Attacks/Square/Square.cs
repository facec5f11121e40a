using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Square attack: random search that asks only for logits. Each query changes one random window of an image, as far as the ball lets it
/// go, and is kept when the margin grows; windows shrink as queries go on (Andriushchenko et al. 2020, arXiv 1912.00049). Under norms with
/// windows (<see cref="ISquareGeometry"/>): Linf, L2 and L1 have them. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// As in the published code a window never lies at the last position. That code draws one window for a whole batch, so that results depend on who else is in it;
/// here each image draws its own.
/// </remarks>
public sealed record Square : IAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "square";

    /// <summary>Windows tried for each image after the start; it stops at the first that fools. Default 5,000 (AutoAttack, Croce and Hein 2020).</summary>
    public int Queries { get; init; } = 5_000;

    /// <summary>The share of the pixels that the first windows cover (p). Default 0.8 (AutoAttack).</summary>
    public double InitialShare { get; init; } = 0.8;

    /// <summary>
    /// Whether the schedule by which windows shrink, made for 10,000 queries, is stretched to <see cref="Queries"/>. Default: no (AutoAttack); the paper's own code does.
    /// </summary>
    public bool ScaleSchedule { get; init; }

    /// <summary>What is maximised. Default: the margin (AutoAttack).</summary>
    public IAttackLoss Loss { get; init; } = new Margin();

    /// <summary>Independent runs; the strongest result per example is kept. Default 1 (AutoAttack).</summary>
    public int Restarts { get; init; } = 1;

    /// <inheritdoc/>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"Square{(Queries == 5_000 ? "" : $"-{Queries}")}{(Restarts > 1 ? $" x {Restarts}" : "")}");

    /// <inheritdoc/>
    /// <remarks>A pass without a gradient counts as a third of one with it.</remarks>
    public long MaxGradients => Effort.Forward((long)Queries * Restarts);

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Queries = Effort.Of(Queries, share) };

    /// <inheritdoc/>
    public IEnumerable<string> Notices(long classes) => Loss.Notices(classes, targeted: false);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Queries), .. Rule.Positive(Restarts), .. Loss.ProblemsAs(nameof(Loss)),
        .. Rule.Holds(InitialShare is >= Rule.SmallestNumber and <= 1, nameof(InitialShare),
            string.Create(CultureInfo.InvariantCulture, $"must be in (0, 1], got {InitialShare}: it is the share of the pixels that a window covers.")),
    ];

    /// <inheritdoc/>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => threat.PartProblems<ISquareGeometry>(Name);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The threat's norm has no windows.</exception>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using ISquareWindows windows = context.Threat.Part<ISquareGeometry>(Name).SquareWindows();
        using IDisposable guard = no_grad();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        using UnfooledBatch batch = new(context, model, Loss);
        for (int restart = 0; restart < Restarts && batch.Count > 0; restart++)
        {
            if (restart > 0)
                batch.Restart();
            Search(context, batch, windows, restart, cancellationToken);
        }
        return batch.Finish();
    }

    private void Search(AttackContext context, UnfooledBatch batch, ISquareWindows windows, int restart, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using (DisposeScope scope = NewDisposeScope())
        {
            batch.Query(new QueryCandidate(restart == 0 && context.Start is not null
                ? context.Threat.Project(batch.Of(context.Start), batch.Images)
                : windows.Start(Query(batch, context.Noise.For("start").At(restart), InitialShare))));
        }
        RandomStream noise = context.Noise.For("window").At(restart);
        for (int query = 0; query < Queries && batch.Count > 0; query++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            double share = SquareSchedule.Share(InitialShare, ScaleSchedule ? SquareSchedule.Scaled(query, Queries) : query);
            (Tensor points, PixelWindow? window) = windows.Candidate(Query(batch, noise.At(query), share));
            batch.Query(new QueryCandidate(points, window));
        }
    }

    private static SquareQuery Query(UnfooledBatch batch, RandomStream noise, double share) =>
        new(batch.Images, batch.Best, batch.Examples, noise, share);
}
