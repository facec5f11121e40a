using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>An attack with one fault, to show that the contract finds it. Otherwise a short PGD.</summary>
internal sealed record BrokenAttack(string Fault, string Clause, Func<AttackContext, CancellationToken, Tensor> Run) : IAttack
{
    private static readonly Pgd Sound = new() { Steps = 10 };

    public string Name => Fault;

    public long MaxGradients => Sound.MaxGradients;

    /// <summary>One attack a fault, with the clause it breaks.</summary>
    public static IReadOnlyList<BrokenAttack> All { get; } =
    [
        new("does nothing", "lowers accuracy", (context, _) => { Ask(context); return context.Images.clone(); }),
        new("goes too far", "stays in ball and box", (context, token) => Sound.Perturb(context with { Threat = Wider(context.Threat) }, token)),
        new("leaves the box", "stays in ball and box", (context, _) => context.Images.Plus(0.5 * context.Threat.Epsilon / Math.Sqrt(context.Images[0].numel()))),
        new("returns NaN", "stays in ball and box", (context, _) => context.Images.Times(double.NaN)),
        new("changes the dtype", "stays in ball and box", (context, token) => Sound.Perturb(context, token).to(ScalarType.Float32)),
        new("ignores targets", "reaches targets", (context, token) => Sound.Perturb(context with { Targets = null }, token)),
        new("leaves evaluation mode on", "leaves the model as it was", (context, token) => { context.Model.eval(); return Sound.Perturb(context, token); }),
        new("leaves parameters frozen", "leaves the model as it was", (context, token) => { Freeze(context.Model); return Sound.Perturb(context, token); }),
        new("attacks in training mode", "leaves the model as it was", (context, token) => { Ask(context); return Sound.Perturb(context, token); }),
        new("forgets what batch norm goes by", "normalises by the batch where it is told to", (context, token) => Sound.Perturb(context with { BatchNorm = BatchNormMode.Evaluation }, token)),
        new("forgets how many passes a gradient is the mean of", "takes the mean of as many passes as it is told to",
            (context, token) => Sound.Perturb(context with { GradientDraws = 1 }, token)),
        new("swallows exceptions", "leaves the model as it was when it throws", Swallow),
        new("restores only on success", "leaves the model as it was when it throws", RestoreOnSuccess),
        new("moves in place", "leaves images and labels alone", (context, token) => { using Tensor moved = Sound.Perturb(context, token); return context.Images.copy_(moved).alias(); }),
        new("returns the input", "leaves images and labels alone", (context, _) => context.Images),
        new("draws from the global generator", "gives equal bits for equal batches", (context, token) =>
        {
            using Tensor start = context.Images.Plus(rand_like(context.Images).Times(0.01)).Clamped(0, 1);
            return Sound.Perturb(context with { Start = start }, token);
        }),
        new("keys noise by position", "keys noise by example", (context, token) => Sound.Perturb(context with { Examples = Enumerable.Range(0, (int)context.Images.shape[0]).Select(i => (long)i).ToValueList() }, token)),
        new("never looks at the token", "stops between steps", (context, _) => Sound.Perturb(context)),
        new("keeps a tensor", "releases its tensors", (context, token) => { Sound.Perturb(context, token).DetachFromDisposeScope(); return Sound.Perturb(context, token); }),
        new("hides the result from the caller's scope", "works where gradients are off", (context, token) => Sound.Perturb(context, token).DetachFromDisposeScope()),
        new("cannot be stored", "describes itself", Sound.Perturb),
        new("shows the model the images themselves", "stands models that write into their input", (context, token) => { AskFirst(context); return Sound.Perturb(context, token); }),
        new("converts what it is given", "refuses other numbers", (context, token) => Sound.Perturb(context with { Images = context.Images.to(ScalarType.Float32) }, token)),
        new("never looks at logits", "refuses other answers", (context, _) => context.Images.clone()),
        new("attacks without a hold", "refuses a second thread", (context, _) => { AskFirst(context); return context.Images.clone(); }),
        new("goes by memory", "takes any layout", (context, token) => { using Tensor moved = Sound.Perturb(context, token); return moved.Times(context.Images.is_contiguous() ? 1 : 0.99); }),
    ];

    public IAttack WithEffort(double share) => this;

    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => Run(context, cancellationToken);

    public IEnumerable<Problem> Problems() => [];

    public override string ToString() => Fault;

    private static ThreatModel Wider(ThreatModel threat) => threat with { Epsilon = threat.Epsilon * 1.01 };

    private static void AskFirst(AttackContext context)
    {
        using IDisposable guard = no_grad();
        Ask(context);
    }

    private static void Ask(AttackContext context) => context.Model.call(context.Images).Dispose();

    private static void Freeze(nn.Module model)
    {
        foreach (var parameter in model.parameters())
            parameter.requires_grad_(false);
    }

    private static Tensor Swallow(AttackContext context, CancellationToken cancellationToken)
    {
        try
        {
            return Sound.Perturb(context, cancellationToken);
        }
        catch (ModelFailedException)
        {
            return context.Images.clone();
        }
    }

    private static Tensor RestoreOnSuccess(AttackContext context, CancellationToken cancellationToken)
    {
        AttackedModel attacked = new(context.Model);
        Tensor moved = Sound.Perturb(context, cancellationToken);
        attacked.Dispose();
        return moved;
    }
}
