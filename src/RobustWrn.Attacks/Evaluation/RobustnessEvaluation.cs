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
    /// <exception cref="AttackRefusedException">An attack left the ball or the box, or returned something of another shape.</exception>
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
        Tensor? sample = model.parameters().FirstOrDefault(parameter => parameter.is_floating_point());
        Problems(model, sample, images, threat, suite, options).ThrowIfAny(nameof(RobustnessEvaluation));
        Device device = options.Device ?? sample?.device ?? CPU;
        RandomStream[] noise = Noise(suite, options.Seed);
        EvaluationPace pace = new(suite, threat, images.Count, options.Clock);
        List<ExampleOutcome> outcomes = [];
        List<Tensor> kept = [];
        long classes = 0;
        try
        {
            int blockSize = options.BlockSize ?? BlockMemory.Choose(model, images, options);
            using EvaluationJournal? journal = options.JournalFolder is null ? null
                : EvaluationJournal.Open(options.JournalFolder, EvaluationIdentity.Of(model, images, threat, suite, options), blockSize);
            blockSize = journal?.BlockSize ?? blockSize;
            using AttackedModel attacked = new(model);
            for (long from = 0; from < images.Count; from += blockSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                long to = Math.Min(images.Count, from + blockSize);
                using ImageBatch batch = images.Read(Range(from, to), device);
                using EvaluationBlock block = new(model, attacked, batch, sample?.dtype ?? batch.Images.dtype, threat, options);
                for (int a = 0; a < suite.Attacks.Count; a++)
                {
                    long before = block.Survivors;
                    AttackRun run = block.Run(suite.Attacks[a], noise[a], journal is null ? null : new BlockJournal(journal, from / blockSize, a), cancellationToken);
                    EvaluationProgress done = pace.Add(a, to, before, block.Survivors, run);
                    progress?.Report(done);
                }
                outcomes.AddRange(block.Outcomes());
                classes = block.Classes;
                if (options.KeepAdversarialImages)
                    kept.Add(block.AdversarialImages());
            }
            ValueList<string> notices =
                [.. suite.Attacks.SelectMany(attack => attack.Notices(classes)).Distinct(), .. options.SearchesInBFloat16 ? (string[])[BFloat16Search.Notice] : []];
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
                return result;
            try
            {
                long passes = images.Count + pace.Passes;
                return result with { Audit = options.Audit.Examine(new AuditSubject(model, attacked, images, result, options.Audit, options, device, sample?.dtype), passes, cancellationToken) };
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

    private static IEnumerable<Problem> Problems(nn.Module model, Tensor? sample, IImageSource images, ThreatModel threat, AttackSuite suite, EvaluationOptions options)
    {
        long bytes = images.Count * images.Channels * images.Height * images.Width * sizeof(float);
        Tensor? other = options.Surrogate?.parameters().FirstOrDefault(parameter => parameter.is_floating_point());
        Device? device = options.Device ?? sample?.device;
        return
        [
            .. threat.ProblemsAs("Threat"), .. suite.ProblemsAs("Suite"), .. options.ProblemsAs("Options"),
            .. Rule.Holds(sample is null || sample.dtype is ScalarType.Float32 or ScalarType.Float64, "Model",
                $"must compute in float32 or float64, got {sample?.dtype}: shorter numbers round pixels out of the ball. Convert it with model.to(ScalarType.Float32)."),
            .. Rule.Holds(!options.SearchesInBFloat16 || (model is Classifier && sample?.dtype == ScalarType.Float32), "Options.SearchesInBFloat16",
                $"needs a {nameof(Classifier)} that computes in float32, got a {model.GetType().Name} in {sample?.dtype}. Leave it out."),
            .. suite.Attacks.SelectMany((attack, i) => Rule.Holds(options.Surrogate is not null || !attack.NeedsSurrogate, $"Suite.Attacks[{i}]",
                $"must have another model to attack, but {attack.Name} got none. Write new EvaluationOptions {{ Surrogate = otherModel }}, or leave the attack out.")),
            .. Rule.Holds(other is null || sample is null || other.dtype == sample.dtype, "Options.Surrogate",
                $"must compute in the model's {sample?.dtype}, got {other?.dtype}. Convert it with surrogate.to(model's dtype)."),
            .. Rule.Holds(other is null || device is null || other.device.ToString() == device.ToString(), "Options.Surrogate",
                $"must be on {device}, as the images, got {other?.device}. Move it there with surrogate.to(device)."),
            .. Rule.Holds(images.Count >= 1, "Images", "must have at least one image, got none."),
            .. Rule.Holds(!options.KeepAdversarialImages || bytes <= AdversarialImages.MaximalBytes, "Options.KeepAdversarialImages",
                $"holds at most {AdversarialImages.MaximalBytes:N0} bytes, {images.Count} images need {bytes:N0}. Evaluate parts and join them with RobustnessResult.Combine."),
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
