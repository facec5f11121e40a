using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Measures how often a model stays right under a suite of attacks. It believes no attack: what each returns is checked against ball and
/// box and classified again by the model itself.
/// </summary>
public static class RobustnessEvaluation
{
    /// <summary>Attacks the images block by block; each attack sees what all before it left right.</summary>
    /// <param name="model">
    /// Any module from (N, C, H, W) in [0, 1] to logits (N, classes). Attacked in evaluation mode; flags and buffers come back exactly.
    /// </param>
    /// <param name="images">What is attacked, all of it.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="options">Block size, seed, device; null is the default.</param>
    /// <param name="progress">Told after each attack on each block.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <returns>
    /// The counts, with a verdict on whether they can be believed (<see cref="EvaluationOptions.Audit"/>). When adversarial images are
    /// kept, the caller disposes them.
    /// </returns>
    /// <exception cref="InvalidDescriptionException">Threat, suite or options have problems; all are listed.</exception>
    /// <exception cref="EvaluationJournalException">
    /// The journal in <see cref="EvaluationOptions.JournalFolder"/> is of another evaluation.
    /// </exception>
    /// <exception cref="InvalidDataException">It was written by another version of this library.</exception>
    /// <exception cref="IOException">Another process goes on with it, or it cannot be read or written.</exception>
    /// <exception cref="AttackRefusedException">An attack left the ball or the box, or returned something of another shape.</exception>
    /// <exception cref="ArgumentException">
    /// The model returned something other than logits of at least two classes, or a label has no logit.
    /// </exception>
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
        CancellationToken cancellationToken = default) =>
        Evaluated(model, images, threat, suite, null, options, progress, cancellationToken).Result!;

    /// <summary>
    /// The same as a race against a robust accuracy: all images are classified first, and the evaluation stops after the first attack on a
    /// block that leaves too few images standing for it, those that were not attacked yet counted as robust.
    /// </summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes), as for <see cref="Run"/>.</param>
    /// <param name="images">What is attacked.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="mustReach">
    /// The robust accuracy, a share in [0, 1], below which the model cannot win. An upper bound that equals it goes on.
    /// </param>
    /// <param name="options">As for <see cref="Run"/>. The bar is no part of what a journal is of: one of a lower or higher bar, or of
    /// none, is gone on with, and attacks in it are not repeated. An audit is made of an evaluation that finished, of no bound.</param>
    /// <param name="progress">Told after each attack on each block, with the bound so far.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <returns>
    /// The result of <see cref="Run"/>, bit for bit, where the model reached the bar; else an upper bound of its robust accuracy, which is
    /// the same whether or not a journal was gone on with. It is exact where the model gives the same image the same answer each time.
    /// </returns>
    /// <inheritdoc cref="Run" path="/exception"/>
    public static RacedEvaluation Race(
        nn.Module<Tensor, Tensor> model,
        IImageSource images,
        ThreatModel threat,
        AttackSuite suite,
        double mustReach,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Evaluated(model, images, threat, suite, mustReach, options, progress, cancellationToken);

    private static RacedEvaluation Evaluated(
        nn.Module<Tensor, Tensor> model, IImageSource images, ThreatModel threat, AttackSuite suite, double? mustReach,
        EvaluationOptions? options, IProgress<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(images);
        options ??= new EvaluationOptions();
        TorchRuntime.EnsureLoaded();
        ModelKind kind = ModelKind.Of(model);
        IEnumerable<Problem> problems = [.. Problems(model, kind, images, threat, suite, options), .. BarProblems(mustReach)];
        problems.ThrowIfAny(nameof(RobustnessEvaluation));
        // Held from here on, so that a second thread learns it before the work, not in the middle.
        using ModelHold held = new(model, "evaluates");
        using ModelHold? other = options.Surrogate is null ? null : new ModelHold(options.Surrogate, "evaluates another model with");
        return new EvaluationRun(model, kind, images, threat, suite, options, progress).To(mustReach, cancellationToken);
    }

    private static IEnumerable<Problem> BarProblems(double? mustReach) => Rule.Holds(mustReach is null or (>= 0 and <= 1), "MustReach",
        $"must be a share in [0, 1], got {mustReach}. Write 0.43 for 43 %, or Run for an evaluation without a bar.");

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
}
