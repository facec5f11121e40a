using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Measures how often a model stays right under a suite of attacks. It believes no attack: what each returns is checked against ball and box and
/// classified again by the model itself.
/// </summary>
public static class RobustnessEvaluation
{
    /// <summary>Attacks the images block by block; each attack sees what all before it left right.</summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Attacked in evaluation mode; flags and buffers come back exactly.</param>
    /// <param name="images">What is attacked, all of it.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="options">Block size, seed, device; null is the default.</param>
    /// <param name="progress">Told after each attack on each block.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <returns>The counts, with a verdict on whether they can be believed (<see cref="EvaluationOptions.Audit"/>). When adversarial images are kept, the caller disposes them.</returns>
    /// <exception cref="InvalidDescriptionException">Threat, suite or options have problems; all are listed.</exception>
    /// <exception cref="EvaluationJournalException">The journal in <see cref="EvaluationOptions.JournalFolder"/> is of another evaluation.</exception>
    /// <exception cref="InvalidDataException">It was written by another version of this library.</exception>
    /// <exception cref="IOException">Another process goes on with it, or it cannot be read or written.</exception>
    /// <exception cref="AttackRefusedException">An attack left the ball or the box, or returned something of another shape.</exception>
    /// <exception cref="ArgumentException">The model returned something other than logits of at least two classes, or a label has no logit.</exception>
    /// <exception cref="ModelInUseException">Another thread attacks or trains the model, or one that shares parts with it.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    public static RobustnessResult Run(
        nn.Module<Tensor, Tensor> model,
        IImageSource images,
        ThreatModel threat,
        AttackSuite suite,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new EvaluationOptions();
        TorchRuntime.EnsureLoaded();
        ModelKind kind = ModelKind.Of(model);
        Problems(model, kind, images, threat, suite, options).ThrowIfAny(nameof(RobustnessEvaluation));
        // Held from here on, so that a second thread learns it before the work, not in the middle.
        using ModelHold held = new(model, "evaluates");
        using ModelHold? other = options.Surrogate is null ? null : new ModelHold(options.Surrogate, "evaluates another model with");
        Device device = options.Device ?? kind.Device ?? CPU;
        RandomStream[] noise = Noise(suite, options.Seed);
        EvaluationPace pace = new(suite, threat, images.Count, options.Clock);
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
            for (long from = 0; from < images.Count; from += blockSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long to = Math.Min(images.Count, from + blockSize);
                using ImageBatch batch = images.Read(Range(from, to), device);
                using EvaluationBlock block = new(model, attacked, batch, kind.Dtype ?? batch.Images.dtype, threat, options);
                for (int a = 0; a < suite.Attacks.Count; a++)
                {
                    long before = block.Survivors;
                    AttackRun run = block.Run(suite.Attacks[a], noise[a], journal is null ? null : new BlockJournal(journal, from / blockSize, a), cancellationToken);
                    EvaluationProgress done = pace.Add(a, to, before, block.Survivors, run);
                    progress?.Report(done with { IsResumed = block.LastWasReplayed });
                }
                outcomes.AddRange(block.Outcomes());
                classes = block.Classes;
                if (options.KeepAdversarialImages)
                    kept.Add(block.AdversarialImages());
            }
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
                Attacks = suite.Attacks.Select((_, a) => pace.Tally(a)).ToValueList(),
                Adversarial = options.KeepAdversarialImages ? AdversarialImages.Of(kept, outcomes) : null,
            };
            if (options.Audit is null)
                return GivenBack(attacked, result);
            try
            {
                long passes = images.Count + pace.Passes;
                return GivenBack(attacked, result with { Audit = options.Audit.Examine(new AuditSubject(model, attacked, images, result, options.Audit, options, device, kind.Dtype), passes, cancellationToken) });
            }
            catch
            {
                result.Adversarial?.Dispose();
                throw;
            }
        }
        finally
        {
            kept.ForEach(tensor => tensor.Dispose());
        }
    }

    // A model that cannot be brought back is told of in the result: hours of attacks are not lost for it.
    private static RobustnessResult GivenBack(AttackedModel attacked, RobustnessResult result)
    {
        attacked.Dispose();
        return attacked.NotRestored.Count == 0 ? result
            : result with { Notices = [.. result.Notices, .. attacked.NotRestored.Select(left => $"The model is not as it was before: {left}")] };
    }

    private static IEnumerable<Problem> Problems(nn.Module<Tensor, Tensor> model, ModelKind kind, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions options)
    {
        long bytes = images.Count * images.Channels * images.Height * images.Width * sizeof(float);
        ModelKind? other = options.Surrogate is { } surrogate ? ModelKind.Of(surrogate) : null;
        Device? device = options.Device ?? kind.Device;
        return
        [
            .. threat.ProblemsAs("Threat"), .. suite.ProblemsAs("Suite"), .. options.ProblemsAs("Options"),
            .. TorchRuntime.DeviceProblems(options.Device, "Options.Device"),
            // Without a journal nothing is written, and an attack needs no name in files.
            .. options.JournalFolder is null ? [] : suite.StorageProblems("Suite").Concat(threat.StorageProblems("Threat")),
            .. kind.Problems("Model"),
            .. Rule.Holds(!options.SearchesInBFloat16 || (model is Classifier && kind.Dtype == ScalarType.Float32), "Options.SearchesInBFloat16",
                $"needs a {nameof(Classifier)} that computes in float32, got a {model.GetType().Name} in {kind.Dtype}. Leave it out."),
            .. suite.Attacks.SelectMany((attack, i) => Rule.Holds(options.Surrogate is not null || !attack.NeedsSurrogate, $"Suite.Attacks[{i}]",
                $"must have another model to attack, but {attack.Name} got none. Write new EvaluationOptions {{ Surrogate = otherModel }}, or leave the attack out.")),
            .. suite.ProblemsUnder(threat).Select(problem => problem.Within("Suite")),
            .. Rule.Holds(other?.Dtype is null || kind.Dtype is null || other.Dtype == kind.Dtype, "Options.Surrogate",
                $"must compute in the model's {kind.Dtype}, got {other?.Dtype}. Convert it with surrogate.to(model's dtype)."),
            .. Rule.Holds(other?.Device is null || device is null || other.Device.ToString() == device.ToString(), "Options.Surrogate",
                $"must be on {device}, as the images, got {other?.Device}. Move it there with surrogate.to(device)."),
            .. Rule.Holds(images.Count >= 1, "Images", "must have at least one image, got none."),
            .. Rule.Holds(!options.KeepAdversarialImages || bytes <= AdversarialImages.MaxBytes, "Options.KeepAdversarialImages",
                $"holds at most {AdversarialImages.MaxBytes:N0} bytes, {images.Count} images need {bytes:N0}. Evaluate parts and join them with RobustnessResult.Combine."),
        ];
    }

    // Keyed by the attack's name, and by how many of that name came before it: putting another attack in front does not change what one draws.
    private static RandomStream[] Noise(AttackSuite suite, Seed seed)
    {
        RandomStream root = RandomStream.From(seed).For("attack");
        return [.. suite.Attacks.Select((attack, i) => root.For(attack.Name).At(suite.Attacks.Take(i).Count(earlier => earlier.Name == attack.Name)))];
    }

    private static long[] Range(long from, long to)
    {
        long[] indices = new long[to - from];
        for (int i = 0; i < indices.Length; i++)
            indices[i] = from + i;
        return indices;
    }
}
