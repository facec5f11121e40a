using System.Runtime.InteropServices;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Whether the model optimises while it is asked: a forward pass that takes gradients of its own, or that changes parameters or buffers in evaluation mode (Croce et al. 2022,
/// arXiv 2202.13711). Attacks see one of its answers, and the next one is another's.
/// </summary>
/// <remarks>Gradients of its own are what works under no_grad, where a model may switch them on again, and fails in torch's inference mode, where it cannot.</remarks>
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
        AuditEvidence<(bool Changed, string? Failure)> asked = new(subject, subject.Sample, 2, (context, _) => Ask(subject, context.Images));
        if (!asked.TryGet(Math.Min(Images, subject.Sample.Count), Images, out var seen, out AuditAnswer? refusal, cancellationToken))
            return refusal!;
        List<AuditFinding> findings = [];
        if (seen.Any(image => image.Seen.Changed))
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Invalid, "a model must not change while it is asked", "got other parameters or buffers after a pass in evaluation mode",
                "Each attack then met another model. Evaluate the model with a frozen state; a defence that adapts must be attacked with attacks that adapt too."));
        }
        if (seen[0].Seen.Failure is { } failure)
        {
            findings.Add(AuditFinding.Of(this, AuditVerdict.Suspect, "a forward pass must take no gradients of its own", $"got one that works under no_grad and fails in inference mode: {failure}",
                "Optimisation at test time needs an attack through it; those of this suite take the answer for a plain function of the pixels."));
        }
        return AuditAnswer.Found([.. findings]);
    }

    private static (bool Changed, string? Failure)[] Ask(AuditSubject subject, Tensor images)
    {
        double[] before = State(subject.Module);
        subject.Model.Logits(images).Dispose();
        bool changed = !before.AsSpan().SequenceEqual(State(subject.Module));
        string? failure = null;
        try
        {
            PassMeter.Forward(images.shape[0]);
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = inference_mode();
            subject.Module.call(images).Dispose();
        }
        catch (Exception e) when (e is ExternalException or InvalidOperationException)
        {
            failure = e.Message.Split('\n')[0];
        }
        return [.. Enumerable.Repeat((changed, failure), (int)images.shape[0])];
    }

    // Sums notice what training changes, at the cost of a look and without a copy of the model.
    private static double[] State(nn.Module module)
    {
        using IDisposable guard = no_grad();
        return [.. module.parameters().Concat(module.buffers()).Select(Sum)];

        static double Sum(Tensor tensor)
        {
            using Tensor sum = tensor.detach().sum(ScalarType.Float64);
            return sum.ToDouble();
        }
    }
}
