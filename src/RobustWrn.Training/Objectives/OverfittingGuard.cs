using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Notices catastrophic overfitting of <see cref="FastAdversarial"/>: a network that is right on the images of its one step and wrong on
/// those of a few smaller ones (Wong et al. 2020, arXiv 2001.03994, section 5.4; Andriushchenko and Flammarion 2020, arXiv 2007.02617).
/// It looks at some images of every batch; where the gap is too wide, that batch is trained on with projected gradient descent,
/// until the network has recovered (as Li et al. 2020, arXiv 2006.03089).
/// </summary>
/// <remarks>
/// It remembers nothing: what it says follows from weights, batch and noise alone, so a resumed training goes on with the same bits
/// wherever it stopped. Its share of the time with 16 of 128 images and 5 steps is about that of two thirds of a gradient a step.
/// It always looks in evaluation mode, where the network will be used.
/// </remarks>
public sealed record OverfittingGuard : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "overfitting-guard";

    // One or two images are chance.
    private const int FewestLost = 3;

    /// <summary>
    /// The number of images of a batch that are looked at, others each epoch; all where it has fewer. Default 16:
    /// our choice, for the time given above. Batches of one or two images are never judged.
    /// </summary>
    public int Images { get; init; } = 16;

    /// <summary>
    /// The largest share of them that may be right after the one step and wrong after <see cref="Watch"/>, in [0, 1).
    /// Default 0.2, the drop that the published code stops training at (Wong et al. 2020).
    /// </summary>
    public double LargestGap { get; init; } = 0.2;

    /// <summary>
    /// The attack that the step is compared with. Default, when null: PGD of 5 steps of a quarter of epsilon, 2/255 at 8/255,
    /// as the published code looks (Wong et al. 2020).
    /// </summary>
    public IAttack? Watch { get; init; }

    /// <summary>
    /// The attack whose images a batch is trained on instead. Default, when null: PGD of 10 steps of a quarter of epsilon,
    /// the steps of <see cref="Madry"/>.
    /// </summary>
    public IAttack? Fallback { get; init; }

    /// <summary>The attack whose images a batch is trained on instead, under a threat.</summary>
    public IAttack FallbackFor(ThreatModel threat) => Fallback ?? Pgd(10, threat);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Images >= FewestLost, nameof(Images), $"must be at least {FewestLost}, because fewer say nothing, got {Images}."),
        .. Rule.Holds(Images <= Rule.MostRepetitions, nameof(Images), $"must be at most {Rule.MostRepetitions}, got {Images}."),
        .. Rule.InHalfOpen(LargestGap, 0, 1),
        .. Watch is null ? [] : InnerMaximum.Problems(Watch), .. Fallback is null ? [] : InnerMaximum.Problems(Fallback),
    ];

    /// <summary>Looks at some images of a batch.</summary>
    /// <param name="context">The batch.</param>
    /// <param name="fast">The images of the one step, (N, C, H, W).</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    internal GuardReading Read(ObjectiveContext context, Tensor fast, CancellationToken cancellationToken)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        RandomStream noise = context.Noise.For("guard");
        long[] rows = Watched(context.Examples, noise.For("images"));
        Tensor index = tensor(rows, [rows.Length]).to(fast.device);
        AttackContext all = new(context.Model, context.Images, context.Labels, context.Threat)
        {
            Noise = noise.For("attack"),
            Examples = context.Examples,
        };
        AttackContext watched = all.Rows(index);
        Tensor slow = (Watch ?? Pgd(5, context.Threat)).PerturbVerified(watched, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        using AttackedModel model = new(context.Model, steers: false);
        Tensor logits = model.Logits(cat([fast.index_select(0, index), slow]));
        long[] wrong = [.. logits.chunk(2).Select(half => watched.Goal().Reached(half).sum().item<long>())];
        context.AttackTook?.Invoke(Stopwatch.GetElapsedTime(start));
        long lost = wrong[1] - wrong[0];
        return new GuardReading((double)lost / rows.Length, lost >= FewestLost && lost > LargestGap * rows.Length);
    }

    private static Pgd Pgd(int steps, ThreatModel threat) => new() { Steps = steps, StepSize = threat.Epsilon / 4 };

    // By a draw for each example, so that the order of the batch does not matter.
    private long[] Watched(ValueList<long> examples, RandomStream noise)
    {
        using Tensor drawn = noise.Uniform(examples.AsSpan(), [1]);
        float[] draws = drawn.data<float>().ToArray();
        return [.. Enumerable.Range(0, draws.Length).OrderBy(row => (draws[row], examples[row])).Take(Images).Select(row => (long)row)];
    }
}

/// <summary>The reading of a guard in a batch.</summary>
/// <param name="Gap">The share of the watched images that are right after the one step and wrong after smaller ones.</param>
/// <param name="Overfits">Whether that is too many.</param>
internal readonly record struct GuardReading(double Gap, bool Overfits);
