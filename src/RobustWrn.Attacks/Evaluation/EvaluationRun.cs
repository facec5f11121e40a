using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One evaluation from its first block to its last, or to where it cannot reach a bar any more.</summary>
/// <param name="model">What is attacked.</param>
/// <param name="kind">Its dtype and device.</param>
/// <param name="images">The images.</param>
/// <param name="threat">How far they may move.</param>
/// <param name="suite">The attacks.</param>
/// <param name="options">Block size, seed, device, journal.</param>
/// <param name="progress">Told after each attack on each block.</param>
internal sealed class EvaluationRun(
    nn.Module<Tensor, Tensor> model, ModelKind kind, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions options,
    IProgress<EvaluationProgress>? progress)
{
    private readonly Device _device = options.Device ?? kind.Device ?? CPU;
    private readonly EvaluationPace _pace = new(suite, threat, images.Count, options.Clock);
    private readonly RandomStream[] _noise = Noise(suite, options.Seed);

    /// <summary>Attacks the images.</summary>
    /// <param name="mustReach">The robust accuracy below which it stops; null never does.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    public RacedEvaluation To(double? mustReach, CancellationToken cancellationToken)
    {
        List<ExampleOutcome> outcomes = [];
        List<Tensor> kept = [];
        long classes = 0;
        try
        {
            int blockSize = options.BlockSize ?? BlockMemory.Choose(model, images, options);
            using EvaluationJournal? journal = options.JournalFolder is null ? null
                : EvaluationJournal.Open(options.JournalFolder, EvaluationIdentity.Of(model, images, threat, suite, options), blockSize,
                    options.Logger);
            blockSize = journal?.BlockSize ?? blockSize;
            using AttackedModel attacked = new(model);
            EvaluationRace? race = mustReach is { } bar ? new(bar, Clean(attacked, blockSize, cancellationToken)) : null;
            for (long from = 0; from < images.Count && race is not { IsLost: true }; from += blockSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long to = Math.Min(images.Count, from + blockSize), number = from / blockSize;
                using ImageBatch batch = Read(from, to);
                using EvaluationBlock block = new(model, attacked, batch, Dtype(batch), threat, options, race?.Clean[(int)number]);
                for (int a = 0; a < suite.Attacks.Count && race is not { IsLost: true }; a++)
                {
                    long before = block.Survivors;
                    AttackRun run = block.Run(
                        suite.Attacks[a], _noise[a], journal is null ? null : new BlockJournal(journal, number, a), cancellationToken);
                    race?.Attacked(number, block, isLast: a + 1 == suite.Attacks.Count);
                    EvaluationProgress done = _pace.Add(a, to, before, block.Survivors, run);
                    progress?.Report(done with { IsResumed = block.LastWasReplayed, AtMost = race?.AtMost });
                }
                outcomes.AddRange(block.Outcomes());
                classes = block.Classes;
                if (options.KeepAdversarialImages)
                    kept.Add(block.AdversarialImages());
            }
            // Lost by the very last attack, it is known exactly all the same.
            return race is { IsLost: true } && race.Finished < images.Count
                ? RacedEvaluation.Of(Bound(attacked, race, blockSize))
                : RacedEvaluation.Of(Result(attacked, outcomes, kept, classes, blockSize, cancellationToken));
        }
        finally
        {
            kept.ForEach(tensor => tensor.Dispose());
        }
    }

    // What the blocks would find of their unchanged images, block by block as they do.
    private CleanBlock[] Clean(AttackedModel attacked, int blockSize, CancellationToken cancellationToken)
    {
        List<CleanBlock> blocks = [];
        using IDisposable guard = no_grad();
        for (long from = 0; from < images.Count; from += blockSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using ImageBatch batch = Read(from, Math.Min(images.Count, from + blockSize));
            blocks.Add(CleanBlock.Of(attacked, batch.Images.to(Dtype(batch), copy: true), batch.Labels, batch.Examples.ToArray()));
        }
        return [.. blocks];
    }

    private RobustnessResult Result(
        AttackedModel attacked, List<ExampleOutcome> outcomes, List<Tensor> kept, long classes, int blockSize,
        CancellationToken cancellationToken)
    {
        ValueList<string> notices =
            [
                .. suite.Attacks.SelectMany(attack => attack.Notices(classes)).Distinct(),
                .. options.SearchesInBFloat16 ? (string[])[EvaluationOptions.BFloat16Notice] : [],
            ];
        RobustnessResult result = RobustnessResult.Of(outcomes, images.ClassNames) with
        {
            Threat = threat,
            Suite = suite,
            Seed = options.Seed,
            BlockSize = blockSize,
            Images = images.Fingerprint,
            Notices = notices,
            Conformance = notices.Count == 0 ? suite.ConformsTo(threat) : null,
            Attacks = Tallies(),
            Adversarial = options.KeepAdversarialImages ? AdversarialImages.Of(kept, outcomes) : null,
        };
        try
        {
            if (options.Audit is { } audit)
            {
                AuditSubject subject = new(model, attacked, images, result, audit, options, _device, kind.Dtype);
                result = result with { Audit = audit.Examine(subject, images.Count + _pace.Passes, cancellationToken) };
            }
            return result with { Notices = [.. result.Notices, .. NotRestored(attacked)] };
        }
        catch
        {
            result.Adversarial?.Dispose();
            throw;
        }
    }

    private RobustnessBound Bound(AttackedModel attacked, EvaluationRace race, int blockSize) => new()
    {
        Threat = threat,
        Suite = suite,
        Seed = options.Seed,
        BlockSize = blockSize,
        Images = images.Fingerprint,
        MustReach = race.MustReach,
        Finished = race.Finished,
        Right = race.Right,
        Standing = race.Standing,
        Attacks = Tallies(),
        Notices = [.. NotRestored(attacked)],
    };

    private ValueList<AttackTally> Tallies() => suite.Attacks.Select((_, a) => _pace.Tally(a)).ToValueList();

    // A model that cannot be brought back is told of in the result: hours of attacks are not lost for it.
    private static IEnumerable<string> NotRestored(AttackedModel attacked)
    {
        attacked.Dispose();
        return attacked.NotRestored.Select(left => $"The model is not as it was before: {left}");
    }

    private ImageBatch Read(long from, long to)
    {
        long[] indices = new long[to - from];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = from + i;
        return images.Read(indices, _device);
    }

    private ScalarType Dtype(ImageBatch batch) => kind.Dtype ?? batch.Images.dtype;

    // Keyed by the attack's name, and by how many of that name came before it: putting another attack in front does not change what one
    // draws.
    private static RandomStream[] Noise(AttackSuite suite, Seed seed)
    {
        RandomStream root = RandomStream.From(seed).For("attack");
        return
        [
            .. suite.Attacks.Select((attack, i) => root.For(attack.Name)
                .At(suite.Attacks.Take(i).Count(earlier => earlier.Name == attack.Name))),
        ];
    }
}
