using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the model optimises while it is asked: a forward pass that takes gradients of its own, or that changes parameters or buffers in evaluation mode (Croce et al. 2022,
/// arXiv 2202.13711). Attacks see one of its answers, and the next one is another's.
/// </summary>
/// <remarks>
/// Gradients of its own show in gradients that are on in one of its modules, or in its logits, although it was asked where they are off. (AutoAttack and others could look for calls of grad itself; in
/// torch's inference mode those would end the process here.) Optimisation in code that uses no module and frozen numbers alone is not seen.
/// </remarks>
public sealed record TestTimeOptimizationCheck : IAuditCheck
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "test-time-optimization";

    private const int Images = 2;

    /// <inheritdoc/>
    public long PassesPerExample => 2;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
    {
        AuditEvidence<(bool Changed, string? Where)> asked = new(subject, subject.Sample, 2, (context, _) => Ask(subject, context.Images));
        if (!asked.TryGet(Math.Min(Images, subject.Sample.Count), Images, out var seen, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        List<AuditFinding> findings = [];
        if (seen.Any(image => image.Seen.Changed))
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Invalid, "a model must not change while it is asked", "got other parameters or buffers after a pass in evaluation mode",
                "Each attack then met another model. Evaluate the model with a frozen state; a defence that adapts must be attacked with attacks that adapt too."));
        }
        if (seen[0].Seen.Where is { } where)
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Suspect, "a forward pass must take no gradients of its own", $"got one that switches them on where they are off: {where}",
                "Optimisation at test time needs an attack through it; those of this suite take the answer for a plain function of the pixels."));
        }
        return AuditAnswer.Found([.. findings]);
    }

    private static (bool Changed, string? Where)[] Ask(AuditSubject subject, Tensor images)
    {
        double[] before = State(subject.Module);
        subject.Model.Logits(images).Dispose();
        bool changed = !before.AsSpan().SequenceEqual(State(subject.Module));
        PassMeter.Forward(images.shape[0]);
        string? where = GradientsInside(subject.Module, images);
        return [.. Enumerable.Repeat((changed, where), (int)images.shape[0])];
    }

    private static string? GradientsInside(nn.Module<Tensor, Tensor> model, Tensor images)
    {
        string? where = null;
        List<Action> undo = [];
        try
        {
            foreach ((string name, nn.Module module) in model.named_modules())
            {
                if (module is not nn.Module<Tensor, Tensor> hookable)
                    continue;
                var hook = hookable.register_forward_pre_hook((_, input) =>
                {
                    if (is_grad_enabled())
                        where ??= $"in {name}";
                    return input;
                });
                undo.Add(hook.remove);
            }
            using IDisposable guard = no_grad();
            using Tensor copy = images.clone(), logits = model.call(copy);
            return where ?? (logits.requires_grad ? "in its logits" : null);
        }
        finally
        {
            undo.ForEach(remove => remove());
        }
    }

    // Sums notice what training changes, at the cost of a look and without a copy of the model.
    private static double[] State(nn.Module module)
    {
        using IDisposable guard = no_grad();
        return [.. module.parameters().Concat(module.buffers()).Select(Sum)];

        static double Sum(Tensor tensor)
        {
            using Tensor sum = tensor.detach().sum(ScalarType.Float64);
            return sum.Number();
        }
    }
}
