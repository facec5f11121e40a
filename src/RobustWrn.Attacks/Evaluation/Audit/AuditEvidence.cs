using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Something measured on images one by one, as far as somebody asked for it: several checks that need the same passes pay for them once. It holds numbers only, no tensors.
/// </summary>
/// <typeparam name="T">What is measured on an image.</typeparam>
/// <param name="subject">What is examined.</param>
/// <param name="examples">The images it can be measured on, in the order in which they are taken.</param>
/// <param name="passesPerExample">What one costs, a backward pass counted as two.</param>
/// <param name="gather">Measures a batch; may dispose nothing it is given.</param>
public sealed class AuditEvidence<T>(AuditSubject subject, IReadOnlyList<AuditExample> examples, long passesPerExample, Func<AttackContext, CancellationToken, IReadOnlyList<T>> gather)
{
    private readonly List<(AuditExample Example, T Seen)> _known = [];

    /// <summary>Measures as many images as there are and as can be afforded.</summary>
    /// <param name="atLeast">With fewer there is nothing to say.</param>
    /// <param name="atMost">More are not needed.</param>
    /// <param name="seen">The images with what was measured; empty when there are too few.</param>
    /// <param name="refusal">Why there are too few; null when there are enough.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <returns>Whether there are enough.</returns>
    public bool TryGet(int atLeast, int atMost, out IReadOnlyList<(AuditExample Example, T Seen)> seen, out AuditAnswer? refusal, CancellationToken cancellationToken)
    {
        int affordable = (int)Math.Min(int.MaxValue, _known.Count + subject.Allowance / passesPerExample);
        int count = Math.Min(Math.Min(affordable, atMost), examples.Count);
        seen = [];
        refusal = count >= atLeast ? null : examples.Count < atLeast
            ? AuditAnswer.CouldNot(FormattableString.Invariant($"it needs at least {atLeast} images that it can ask about, got {examples.Count}."))
            : AuditAnswer.TooDear(FormattableString.Invariant($"it takes {passesPerExample} passes for each of at least {atLeast} images; of what an audit may cost, {subject.Allowance} passes were left for it. Evaluate more images."));
        if (refusal is not null)
            return false;
        while (_known.Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            AuditExample[] next = [.. examples.Skip(_known.Count).Take(Math.Min(subject.BlockSize, count - _known.Count))];
            _known.AddRange(next.Zip(gather(subject.Context(next), cancellationToken)));
        }
        seen = [.. _known.Take(count)];
        return true;
    }
}
