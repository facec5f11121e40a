using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A finished evaluation with its model, as checks see it. It holds no tensors; images are read when a check asks.</summary>
public sealed class AuditSubject
{
    // Queries of the audit's own search. Among images that PGD left, so few find next to nothing unless gradients were hidden.
    private const int Queries = 100;

    private readonly IImageSource _images;
    private readonly RandomStream _noise;
    private readonly Device _device;
    private readonly ScalarType? _dtype;
    private long _spendUntil;

    internal AuditSubject(nn.Module<Tensor, Tensor> module, AttackedModel model, IImageSource images, RobustnessResult result, EvaluationAudit audit, EvaluationOptions options, Device device, ScalarType? dtype)
    {
        (Module, Model, _images, _device, _dtype) = (module, model, images, device, dtype);
        long values = (long)images.Channels * images.Height * images.Width;
        (Result, Threat, Suite) = (result, result.Threat!.InBox(values), result.Suite);
        (Surrogate, BlockSize, Significance) = (options.Surrogate, result.BlockSize, audit.Significance);
        _noise = RandomStream.From(options.Seed).For("audit");
        // By a number drawn for each image, so that neither the order of the file nor a resume decides.
        RandomStream order = _noise.For("sample");
        Sample = [.. result.Examples.Select((outcome, position) => new AuditExample(position, outcome))
            .OrderBy(example => order.Sequence(example.Outcome.Index).NextUInt64()).ThenBy(example => example.Outcome.Index).Take(audit.Examples)];
        Right = [.. Sample.Where(example => example.IsRight)];
        Standing = [.. Sample.Where(example => example.Outcome.Robust)];
        // A loss that compares with the unchanged image has no gradient there by its nature.
        IAttackLoss[] losses = [.. Suite.Attacks.SelectMany(attack => attack.Losses).Distinct().Where(loss => !loss.NeedsCleanLogits)];
        Losses = losses.Length == 0 ? [new CrossEntropy()] : losses.ToValueList();
        // Steepest ascent of a few steps shows nothing where each moves one pixel, as in L1.
        Ball = Threat is ISparseAscent sparse ? sparse.DenseBall(values) : Threat;
        ThreatModel wider = Ball with { Epsilon = Math.Min(2 * Ball.Epsilon, Ball.Diameter(values)) };
        Looks = new(this, Right, AuditLook.Passes(Losses.Count), (context, _) => AuditLook.Of(this, context));
        Climbs = new(this, Right, AuditClimb.Passes, (context, token) => AuditClimb.Of(this, context, Ball, Losses[0], token));
        WiderClimbs = new(this, Right, AuditClimb.Passes, (context, token) => AuditClimb.Of(this, context, wider, Losses[0], token));
        // Without a bound every norm's ball is the whole of [0, 1], where the steps of Linf are the longest.
        UnboundedClimbs = new(this, Right, AuditClimb.Passes, (context, token) =>
            AuditClimb.Of(this, context, ThreatModel.Linf(1), Losses[0], token));
        MarginClimbs = new(this, Right, AuditClimb.Passes, (context, token) => AuditClimb.Of(this, context, Ball, new Margin(), token));
        FellToQueries = new(this, Standing, Queries + 5, FallToQueries);
        FellToTransfer = new(this, Standing, AuditClimb.Passes, FallToTransfer);
    }

    /// <summary>The model, in evaluation mode and with frozen parameters; what it changes in its buffers is undone.</summary>
    public AttackedModel Model { get; }

    /// <summary>The model's module.</summary>
    public nn.Module<Tensor, Tensor> Module { get; }

    /// <summary>What the evaluation found, but for the audit.</summary>
    public RobustnessResult Result { get; }

    /// <summary>How far images could be moved.</summary>
    public ThreatModel Threat { get; }

    /// <summary>The attacks.</summary>
    public AttackSuite Suite { get; }

    /// <summary>Another model that the attacker may look into; null when there is none.</summary>
    public nn.Module<Tensor, Tensor>? Surrogate { get; }

    /// <summary>Below it, what chance explains is not reported.</summary>
    public double Significance { get; }

    /// <summary>Images asked about together.</summary>
    public int BlockSize { get; }

    /// <summary>The images that can be asked about, in an order of chance.</summary>
    public ValueList<AuditExample> Sample { get; }

    /// <summary>Those of them that are right unchanged.</summary>
    public ValueList<AuditExample> Right { get; }

    /// <summary>Those of them that every attack of the suite left right.</summary>
    public ValueList<AuditExample> Standing { get; }

    /// <summary>
    /// The losses that attacks of the suite follow, the first attack's first; the cross-entropy where no attack follows one.
    /// </summary>
    public ValueList<IAttackLoss> Losses { get; }

    /// <summary>
    /// The ball in which checks walk along gradients: the threat, or the ball inside it that a norm of sparse ascent names.
    /// </summary>
    public ThreatModel Ball { get; }

    /// <summary>Passes that the check at hand may still take.</summary>
    public long Allowance => PassMeter.Until(_spendUntil);

    /// <summary>First looks at <see cref="Right"/>.</summary>
    public AuditEvidence<AuditLook> Looks { get; }

    /// <summary>Ascent in <see cref="Ball"/> from <see cref="Right"/>.</summary>
    public AuditEvidence<AuditClimb> Climbs { get; }

    /// <summary>The same with twice the radius.</summary>
    public AuditEvidence<AuditClimb> WiderClimbs { get; }

    /// <summary>The same with nothing but [0, 1] around it.</summary>
    public AuditEvidence<AuditClimb> UnboundedClimbs { get; }

    /// <summary>Ascent in <see cref="Ball"/> from <see cref="Right"/> on the margin of the logits, which saturates nowhere.</summary>
    public AuditEvidence<AuditClimb> MarginClimbs { get; }

    /// <summary>Whether images of <see cref="Standing"/> fall to a short search that asks for logits alone.</summary>
    public AuditEvidence<bool> FellToQueries { get; }

    /// <summary>Whether images of <see cref="Standing"/> fall to what a short ascent on <see cref="Surrogate"/> finds.</summary>
    public AuditEvidence<bool> FellToTransfer { get; }

    /// <summary>Images with all that an attack needs. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="examples">Which ones, of <see cref="Sample"/>.</param>
    public AttackContext Context(IReadOnlyList<AuditExample> examples)
    {
        using DisposeScope scope = NewDisposeScope();
        using ImageBatch batch = _images.Read(examples.Select(example => example.Position).ToArray(), _device);
        Tensor images = batch.Images.to(_dtype ?? batch.Images.dtype, copy: true).MoveToOuterDisposeScope(), labels = batch.Labels.to(images.device, copy: true).MoveToOuterDisposeScope();
        return new AttackContext(Module, images, labels, Threat)
        {
            Noise = _noise,
            Examples = examples.Select(example => example.Outcome.Index).ToValueList(),
            Surrogate = Surrogate,
        };
    }

    /// <summary>Lets the next check take so many passes.</summary>
    internal void Allow(long passes) => _spendUntil = PassMeter.After(passes);

    /// <summary>How far the true class of each image leads, in logits.</summary>
    internal static double[] Leads(Tensor logits, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        return new Margin().PerExample(logits, goal).neg().to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    private bool[] FallToQueries(AttackContext context, CancellationToken cancellationToken) =>
        Fell(context, new Square { Queries = Queries, ScaleSchedule = true }.PerturbVerified(context with { Noise = context.Noise.For("queries") }, cancellationToken));

    private bool[] FallToTransfer(AttackContext context, CancellationToken cancellationToken)
    {
        Pgd ascent = new() { Steps = AuditClimb.Steps, StepSize = Ball.Epsilon / 4, Start = new CleanStart() };
        return Fell(context, ascent.PerturbVerified(context with { Model = Surrogate!, Surrogate = null, Threat = Ball }, cancellationToken));
    }

    private bool[] Fell(AttackContext context, Tensor moved)
    {
        using DisposeScope scope = NewDisposeScope();
        return [.. context.Goal().Reached(Model.Logits(moved)).cpu().data<bool>()];
    }
}
