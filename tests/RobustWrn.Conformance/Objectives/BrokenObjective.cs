using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Objectives;

/// <summary>Objectives with one fault each, and the clause that must find it.</summary>
internal sealed class BrokenObjective(string fault, string clause, Func<ObjectiveContext, CancellationToken, ObjectiveLoss> evaluate) : IRobustObjective
{
    private static readonly List<Tensor> Leaked = [];

    public static BrokenObjective[] All { get; } =
    [
        new("a loss without a graph", "loss with a graph", (context, token) =>
        {
            ObjectiveLoss loss = new Natural().Evaluate(context, token);
            return new ObjectiveLoss(loss.Total.detach(), loss.Logits, null);
        }),
        new("images outside the ball", "loss with a graph", (context, token) =>
        {
            ObjectiveLoss loss = new Natural().Evaluate(context, token);
            return new ObjectiveLoss(loss.Total, loss.Logits, ones_like(context.Images) - context.Images);
        }),
        new("leaves evaluation mode behind", "flags and statistics", (context, token) =>
        {
            ObjectiveLoss loss = new Madry().Evaluate(context, token);
            context.Model.eval();
            return loss;
        }),
        new("attacks in training mode", "flags and statistics", (context, token) =>
        {
            using IDisposable guard = no_grad();
            for (int step = 0; step < 10; step++)
                context.Model.call(context.Images).Dispose();
            using IDisposable enabled = enable_grad();
            return new Natural().Evaluate(context, token);
        }),
        new("tracks the batches of its attack", "batch norm in the attack", (context, token) =>
        {
            context.Model.eval();
            foreach (TorchSharp.Modules.BatchNorm layer in context.Model.modules().OfType<TorchSharp.Modules.BatchNorm>())
                layer.train();
            using (no_grad())
                context.Model.call(context.Images).Dispose();
            context.Model.train();
            return new Natural().Evaluate(context, token);
        }),
        new("attacks in evaluation mode whatever it is told", "batch norm in the attack", (context, token) =>
            new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }.Evaluate(context with { AttackBatchNorm = BatchNormMode.Evaluation }, token)),
        new("leaves parameters frozen when the model throws", "flags and statistics when the model throws", (context, token) =>
        {
            foreach (TorchSharp.Modules.Parameter parameter in context.Model.parameters())
                parameter.requires_grad_(false);
            context.Model.call(context.Images).Dispose();
            foreach (TorchSharp.Modules.Parameter parameter in context.Model.parameters())
                parameter.requires_grad_(true);
            return new Natural().Evaluate(context, token);
        }),
        new("draws from torch's global generator", "torch's global generator", (context, token) =>
        {
            using Tensor noise = rand_like(context.Images);
            return new Natural().Evaluate(context, token);
        }),
        new("draws something else each time", "same seed, same bits", (context, token) =>
            new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }.Evaluate(context with { Noise = context.Noise.At(Environment.TickCount64 + Leaked.Count + _calls++) }, token)),
        new("draws by place in the batch", "batch order does not change an example's attack", (context, token) =>
            new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }.Evaluate(context with { Examples = Enumerable.Range(0, context.Examples.Count).Select(i => (long)i).ToValueList() }, token)),
        new("does not look at the token", "cancellation between the steps of an attack", (context, _) => new Trades().Evaluate(context)),
        new("keeps a tensor", "live tensors", (context, token) =>
        {
            Leaked.Add(context.Images.clone().DetachFromDisposeScope());
            return new Natural().Evaluate(context, token);
        }),
    ];

    private static int _calls;

    public string Fault { get; } = fault;

    public string Clause { get; } = clause;

    public string Name => Fault;

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default) => evaluate(context, cancellationToken);

    public IEnumerable<Problem> Problems() => [];
}
