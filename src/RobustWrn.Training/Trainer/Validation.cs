using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Judges a classifier on validation images: as they are, and under an attack on those it gets right.</summary>
internal static class Validation
{
    /// <summary>The batch that begins with an image.</summary>
    public static long[] Batch(long at, long count, int batchSize) => [.. Enumerable.Range(0, (int)Math.Min(batchSize, count - at)).Select(i => at + i)];

    /// <summary>Judges it.</summary>
    /// <param name="classifier">The classifier, in evaluation mode.</param>
    /// <param name="images">The images.</param>
    /// <param name="count">How many of them, the first ones.</param>
    /// <param name="batchSize">Images at once.</param>
    /// <param name="attack">What attacks them.</param>
    /// <param name="parts">How many it attacks at once.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="noise">The attack's randomness.</param>
    /// <param name="sample">Of the device and dtype of the network.</param>
    /// <param name="announce">Called once the last batch was read: tells a source what is read next.</param>
    /// <param name="cancellationToken">Checked between batches and the steps of attacks.</param>
    /// <exception cref="AttackRefusedException">The attack left the ball or the box, or the classifier in another mode.</exception>
    public static ValidationVerdicts Judge(
        Classifier classifier, IImageSource images, long count, int batchSize, IAttack attack, AttackParts parts, ThreatModel threat,
        RandomStream noise, Tensor sample, Action announce, CancellationToken cancellationToken)
    {
        using IDisposable guard = no_grad();
        List<bool> clean = [], robust = [];
        using AttackedModel model = new(classifier, steers: false);
        for (long at = 0; at < count; at += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            ImageBatch batch = images.Read(Batch(at, count, batchSize), sample.device);
            if (at + batchSize < count)
                images.Prefetch(Batch(at + batchSize, count, batchSize));
            else
                announce();
            Tensor pixels = batch.Images.to(sample.dtype);
            AttackContext context = new(classifier, pixels, batch.Labels, threat) { Noise = noise, Examples = [.. batch.Examples] };
            bool[] wrong = [.. context.Goal().Reached(model.Logits(pixels)).cpu().data<bool>()];
            long[] rows = [.. Enumerable.Range(0, wrong.Length).Where(i => !wrong[i]).Select(i => (long)i)];
            bool[] survives = new bool[wrong.Length];
            if (rows.Length > 0)
            {
                bool[] stood = Survivors(context.Rows(rows));
                for (int i = 0; i < rows.Length; i++)
                    survives[rows[i]] = stood[i];
            }
            clean.AddRange(wrong.Select(missed => !missed));
            robust.AddRange(survives);
        }
        return new ValidationVerdicts(BitRow.Of(clean), BitRow.Of(robust));

        bool[] Survivors(AttackContext right)
        {
            // No attack is believed: what it returns is checked, and classified by the classifier itself, as in an evaluation.
            Tensor attacked = parts.Run(right, part => attack.PerturbVerified(part, cancellationToken));
            return [.. right.Goal().Reached(model.Logits(attacked)).logical_not().cpu().data<bool>()];
        }
    }
}
