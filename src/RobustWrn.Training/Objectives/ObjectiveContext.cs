using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The batch that an objective works on, with model, threat and randomness. Owns nothing: the caller keeps and disposes the tensors.
/// </summary>
/// <param name="Model">Any module from (N, C, H, W) to logits (N, classes), in training mode.</param>
/// <param name="Images">(N, C, H, W) in [0, 1], dtype and device of the model.</param>
/// <param name="Labels">True classes, int64 (N).</param>
/// <param name="Threat">How far images may move.</param>
public sealed record ObjectiveContext(nn.Module<Tensor, Tensor> Model, Tensor Images, Tensor Labels, ThreatModel Threat)
{
    /// <summary>
    /// The ball in which images may move. A radius beyond the diameter of [0, 1] is the diameter, which allows as much (
    /// <see cref="ThreatModel.InBox"/>): steps that are shares of it stay
    /// reasonable.
    /// </summary>
    public ThreatModel Threat
    {
        get => field.InBox(Images.numel() / Math.Max(1, Images.shape[0]));
        init;
    } = Threat;

    /// <summary>
    /// Where randomness comes from: a stream that belongs to this epoch alone. Default: the stream of seed 0 for the purpose "objective".
    /// </summary>
    public RandomStream Noise { get; init; } = RandomStream.From(0).For("objective");

    /// <summary>The ids of the N examples, which randomness is keyed by. Default: 0 .. N-1.</summary>
    public ValueList<long> Examples { get; init; } = Enumerable.Range(0, checked((int)Images.shape[0])).Select(i => (long)i).ToValueList();

    /// <summary>
    /// The labels where each image was mixed of two (<see cref="CutMix"/>, <see cref="MixUp"/>), which the cross-entropy goes
    /// by; null where none was. The labels are then <see cref="MixedLabels.Dominant"/>, which attacks go by, and what else knows one
    /// class an image.
    /// </summary>
    public MixedLabels? Mixed { get; init; }

    /// <summary>
    /// The statistics that batch normalisation goes by in the inner attack: <see cref="TrainingRecipe.AttackBatchNorm"/>. Default:
    /// its running statistics.
    /// </summary>
    public BatchNormMode AttackBatchNorm { get; init; }

    /// <summary>
    /// The images of an inner attack on this batch, (N, C, H, W), which an objective takes in the place of its own attack;
    /// null runs that. Adversarial weight perturbation evaluates an objective twice on the same images.
    /// </summary>
    public Tensor? Adversarial { get; init; }

    /// <summary>Told how long the inner attack took.</summary>
    internal Action<TimeSpan>? AttackTook { get; init; }

    /// <summary>The part of the batch that the inner attack takes at once. A training keeps what it learned at earlier batches.</summary>
    internal AttackParts AttackParts { get; init; } = new(NullLogger.Instance);

    /// <summary>
    /// Logits with their graph to the parameters. The model gets a copy, so that one that writes into its input changes neither the batch
    /// nor adversarial images that are used again.
    /// </summary>
    /// <param name="images">(N, C, H, W); not changed, not disposed.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    public Tensor Logits(Tensor images)
    {
        using Tensor copy = images.clone();
        return Model.call(copy);
    }

    /// <summary>The same batch as an attack sees it.</summary>
    public AttackContext ToAttack() => new(Model, Images, Labels, Threat) { Noise = Noise, Examples = Examples, BatchNorm = AttackBatchNorm };
}
