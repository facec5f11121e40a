using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What an attack works on. Owns nothing: the caller keeps and disposes the tensors.</summary>
/// <param name="Model">
/// Any module from (N, C, H, W) to logits (N, classes). A user's module may normalise inside; pixels are in [0, 1].
/// </param>
/// <param name="Images">
/// (N, C, H, W) in [0, 1], float32 or float64, dtype and device of the model's parameters. Shorter numbers round pixels out of the ball and
/// are refused.
/// </param>
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

    /// <summary>
    /// Where to start, (N, C, H, W), finite, dtype and device of the images, used as given: at most 1 outside of [0, 1]. Null lets the
    /// attack choose.
    /// </summary>
    public Tensor? Start { get; init; }

    /// <summary>
    /// Another model that the attacker may look into, for <see cref="Transfer"/>; same shapes, dtype and device. Null when there is none.
    /// </summary>
    public nn.Module<Tensor, Tensor>? Surrogate { get; init; }

    /// <summary>
    /// Passes of which each gradient is the mean, for randomised models (<see cref="ExpectationOverTransformation"/>). An attack keeps to
    /// it by making its <see cref="AttackedModel"/> of the context. Default 1.
    /// </summary>
    public int GradientDraws { get; init; } = 1;

    /// <summary>
    /// The dtype of the passes that only steer: bfloat16, on a copy of a float32 <see cref="Classifier"/>; verdicts are the model's own.
    /// Null, the default, steers in the model's dtype. See <see cref="EvaluationOptions.SearchesInBFloat16"/>.
    /// </summary>
    public ScalarType? SteeringPrecision { get; init; }

    /// <summary>The goal of the attack for each example.</summary>
    /// <param name="cleanLogits">Logits that the loss compares with, (N, classes); null where it asks for none.</param>
    public AttackGoal Goal(Tensor? cleanLogits = null) => new(Labels, Targets, cleanLogits);

    /// <summary>
    /// Where an attack begins by a rule, which may be a user's: looked at before the model is blamed for what it answers there. It goes
    /// by the rule also where there is a <see cref="Start"/>.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="noise">Where its randomness comes from.</param>
    /// <returns>(N, C, H, W), a new tensor. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The rule gives another shape, dtype or device than the images', or NaN.</exception>
    public Tensor StartBy(IAttackStart rule, RandomStream noise) => AttackInput.StartOf(rule, this, noise);

    /// <summary>The context of some of the examples. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="rows">Which ones, int64 (n), on the device of the images.</param>
    public AttackContext Rows(Tensor rows)
    {
        using Tensor here = rows.cpu();
        return Part(all => all.index_select(0, rows), [.. here.data<long>().Select(row => Examples[(int)row])]);
    }

    /// <summary>The context of some of the examples. Its tensors belong to the caller's dispose scope.</summary>
    /// <param name="rows">Which ones.</param>
    public AttackContext Rows(ReadOnlySpan<long> rows)
    {
        using Tensor index = tensor(rows.ToArray(), [rows.Length]);
        using Tensor there = index.to(Images.device);
        return Rows(there);
    }

    /// <summary>The context of neighbouring examples, as views of the tensors. They belong to the caller's dispose scope.</summary>
    /// <param name="rows">From where to where.</param>
    public AttackContext Rows(Range rows)
    {
        (int from, int count) = rows.GetOffsetAndLength(Examples.Count);
        return Part(all => all.narrow(0, from, count), [.. Examples.Skip(from).Take(count)]);
    }

    /// <summary>Refuses a context that cannot be attacked, with the reason: the first line of every attack.</summary>
    /// <exception cref="InvalidDescriptionException">The threat has problems.</exception>
    /// <exception cref="ArgumentException">A shape, dtype, device or range is wrong.</exception>
    public void ThrowIfInvalid() => AttackInput.ThrowIfInvalid(this);

    private AttackContext Part(Func<Tensor, Tensor> of, ValueList<long> examples) => this with
    {
        Images = of(Images),
        Labels = of(Labels),
        Targets = Targets is null ? null : of(Targets),
        Start = Start is null ? null : of(Start),
        Examples = examples,
    };

    // What is no batch is refused by the attack, with the reason.
    private static ValueList<long> Counted(Tensor images) =>
        images is null || images.IsInvalid || images.dim() == 0 ? [] : Enumerable.Range(0, checked((int)images.shape[0])).Select(i => (long)i).ToValueList();
}
