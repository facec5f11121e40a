using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What an attack works on. Owns nothing: the caller keeps and disposes the tensors.</summary>
/// <param name="Model">Any module from (N, C, H, W) to logits (N, classes). A user's module may normalise inside; pixels are in [0, 1].</param>
/// <param name="Images">(N, C, H, W) in [0, 1], float32 or float64, dtype and device of the model's parameters. Shorter numbers round pixels out of the ball and are refused.</param>
/// <param name="Labels">True classes, int64 (N).</param>
/// <param name="Threat">How far images may move.</param>
public sealed record AttackContext(nn.Module<Tensor, Tensor> Model, Tensor Images, Tensor Labels, ThreatModel Threat)
{
    /// <summary>
    /// How far images may move. A radius beyond the diameter of [0, 1] is the diameter, which allows as much (
    /// <see cref="ThreatModel.InBox"/>): steps that are shares of it stay
    /// reasonable.
    /// </summary>
    public ThreatModel Threat
    {
        // What is no batch is refused by the attack, with the reason.
        get => Images is null || Images.IsInvalid || Images.dim() == 0 ? field : field.InBox(Images.numel() / Math.Max(1, Images.shape[0]));
        init;
    } = Threat;

    /// <summary>Where random starts come from. Default: the stream of seed 0 for the purpose "attack".</summary>
    public RandomStream Noise { get; init; } = RandomStream.From(0).For("attack");

    /// <summary>The ids of the N examples, which randomness is keyed by. Default: 0 .. N-1.</summary>
    public ValueList<long> Examples { get; init; } = Counted(Images);

    /// <summary>What batch normalisation goes by. Default: its running statistics, as every evaluation must.</summary>
    public BatchNormMode BatchNorm { get; init; }

    /// <summary>Classes to reach, int64 (N), for a targeted attack; null attacks the label.</summary>
    public Tensor? Targets { get; init; }

    /// <summary>Where to start, (N, C, H, W), finite, dtype and device of the images, used as given: at most 1 outside of [0, 1]. Null lets the attack choose.</summary>
    public Tensor? Start { get; init; }

    /// <summary>Another model that the attacker may look into, for <see cref="Transfer"/>; same shapes, dtype and device. Null when there is none.</summary>
    public nn.Module<Tensor, Tensor>? Surrogate { get; init; }

    // What is no batch is refused by the attack, with the reason.
    private static ValueList<long> Counted(Tensor images) =>
        images is null || images.IsInvalid || images.dim() == 0 ? [] : Enumerable.Range(0, checked((int)images.shape[0])).Select(i => (long)i).ToValueList();
}
