using System.Text.Json.Serialization;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The recipe of a training, apart from what is minimised: optimiser, schedule, batches, epochs. The defaults are the recipe of Huang et
/// al. 2021 (arXiv 2110.03825) without extra images.
/// </summary>
public sealed record TrainingRecipe : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "training-recipe";

    // The largest published batches have 65,536 images; a million small ones take 12 GiB before the first layer.
    private const int LargestBatch = 1 << 20;

    // Of normalised networks, too, whose weights no step of a sound training moves by more than their own length.
    private const double HighestRate = 1_000;

    /// <summary>
    /// Passes over the training images, or as many batches where extra images stand among them (<see cref="ExtraShare"/>).
    /// Default 100 (Huang et al. 2021).
    /// </summary>
    public int Epochs { get; init; } = 100;

    /// <summary>
    /// Images a step, at least 2. Default 128 (Huang et al. 2021). A smaller last batch is used too, unless it has a single image,
    /// which batch norm cannot learn from: that one is left out of the epoch.
    /// </summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>
    /// Images that go through the network at once; the gradients of a batch's parts are added up before the step.
    /// Null takes the whole batch. A single image left over joins the part before it.
    /// </summary>
    /// <remarks>
    /// Saves memory. Without batch norm in training mode the step is that of the whole batch, up to rounding;
    /// with it each part is normalised by its own statistics, so that its size belongs to the recipe as much as the batch's.
    /// The guard of <see cref="FastAdversarial"/> judges each part by itself.
    /// </remarks>
    public int? MicroBatchSize { get; init; }

    /// <summary>The learning rate that <see cref="Schedule"/> multiplies. Default 0.1 (Huang et al. 2021).</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The course of the learning rate. Default: a tenth from 75 % on, a hundredth from 90 % on (Huang et al. 2021).</summary>
    public ILearningRateSchedule Schedule { get; init; } = new PiecewiseRate();

    /// <summary>
    /// The growth of the threat's radius over the training; null trains under the whole radius throughout (Huang et al. 2021).
    /// Step sizes given in pixel units do not grow with it.
    /// </summary>
    public IRadiusSchedule? Radius { get; init; }

    /// <summary>
    /// The optimiser, which turns gradients into steps. Default: SGD with momentum 0.9 and weight decay 2e-4 (Huang et al. 2021).
    /// </summary>
    public IOptimizer Optimizer { get; init; } = new Sgd();

    /// <summary>
    /// The largest Euclidean length of all gradients together; null leaves them as they are. Default 5 (Huang et al. 2021).
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)] // null is not the default, so it must be written
    public double? GradientNormClip { get; init; } = 5;

    /// <summary>
    /// A moving average of the weights beside the training; null keeps none. Huang et al. 2021 gain one point by it with extra images.
    /// </summary>
    public WeightAverage? Average { get; init; }

    /// <summary>Adversarial weight perturbation; null does without (Huang et al. 2021).</summary>
    public AdversarialWeightPerturbation? Perturbation { get; init; }

    /// <summary>When to end before the last epoch; null never does (Huang et al. 2021). The schedules stay those of all epochs.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>The recovery when the loss becomes NaN or infinite; null stops there.</summary>
    public DivergenceRecovery? Recovery { get; init; }

    /// <summary>
    /// Random changes of training images, in order. Default: random crop with padding 4, then horizontal flip (Huang et al. 2021).
    /// </summary>
    public ValueList<IAugmentation> Augmentations { get; init; } = [new RandomCrop(), new HorizontalFlip()];

    /// <summary>
    /// The mixing of images with others of their batch afterwards, such as <see cref="CutMix"/>, and their labels with them;
    /// null mixes none (Huang et al. 2021). Rebuffi et al. 2021 (arXiv 2103.01946) gain by CutMix together with a
    /// <see cref="WeightAverage"/>. The inner attack goes by the larger share's class.
    /// </summary>
    public IBatchAugmentation? Mixing { get; init; }

    /// <summary>
    /// The share of extra images in every batch, in (0, 1), rounded down to whole images, where the data has some
    /// (<see cref="DatasetSplits.WithExtra"/>). An epoch has as many batches as without them, and therefore sees fewer of the data set's
    /// own images, drawn anew each time (<see cref="ExtraImageBatches"/>). Default 0.5 (Carmon et al. 2019, arXiv 1905.13736;
    /// Huang et al. 2021); Wang et al. 2023 (arXiv 2302.04638) take 0.7 with a million generated images and 0.8 with more.
    /// </summary>
    public double ExtraShare { get; init; } = 0.5;

    /// <summary>
    /// The statistics that batch normalisation goes by in the attack inside the objective. Default: its running statistics (Huang et al.
    /// 2021; Pang et al. 2021 find them better); Madry et al. 2018, Rice et al. 2020, Gowal et al. 2020, Rebuffi et al.
    /// 2021 and Wang et al. 2023 take the statistics of the batch.
    /// </summary>
    public BatchNormMode AttackBatchNorm { get; init; }

    /// <summary>
    /// Lets the first step of a training replace the running statistics of batch norm by those of its last pass, as if their momentum
    /// were 1 there, instead of moving them a little away from mean 0 and variance 1. Default: no (Huang et al. 2021);
    /// yes with Gowal et al. 2020, Rade 2021 and Wang et al. 2023.
    /// </summary>
    /// <remarks>
    /// With their momentum of 0.01 and two passes a step, an epoch of 98 steps keeps 14 % of where the statistics began,
    /// and one of 40 steps 45 %: without this the first epochs of a short run are judged too low. No weight depends on it where attacks
    /// go by <see cref="BatchNormMode.BatchStatistics"/>. Of a batch in parts (<see cref="MicroBatchSize"/>) it is the last part's pass.
    /// </remarks>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // files from before it was there mean the same
    public bool ForgetsInitialStatistics { get; init; }

    /// <summary>
    /// The attack that every epoch is judged by on validation images. Default, when null: PGD of 10 steps of a quarter of epsilon,
    /// 2/255 at 8/255, as in the selection of Rice et al. 2020 (arXiv 2002.11569).
    /// </summary>
    public IAttack? ValidationAttack { get; init; }

    /// <summary>The number of validation images that are judged, the first ones; null takes all.</summary>
    public int? ValidationImages { get; init; }

    /// <summary>The attack that every epoch is judged by under a threat.</summary>
    public IAttack ValidationAttackFor(ThreatModel threat) => ValidationAttack ?? new Pgd { Steps = 10, StepSize = threat.Epsilon / 4 };

    /// <summary>The learning rate of a step.</summary>
    /// <param name="epoch">Which epoch, from 0.</param>
    /// <param name="step">Which step of it, from 0.</param>
    /// <param name="steps">Steps an epoch.</param>
    public double LearningRateAt(int epoch, int step, int steps) =>
        LearningRate * Schedule.FactorAt(new TrainingPosition(epoch, Epochs, step, steps));

    /// <summary>The threat of a training step: of the radius that <see cref="Radius"/> gives it.</summary>
    /// <param name="threat">The threat of the whole radius.</param>
    /// <param name="position">The step.</param>
    public ThreatModel ThreatAt(ThreatModel threat, TrainingPosition position)
    {
        ArgumentNullException.ThrowIfNull(threat);
        return Radius is null ? threat : threat with { Epsilon = threat.Epsilon * Radius.Factor(position) };
    }

    /// <summary>
    /// The recipe for a small machine: so many epochs, and batches small enough that an epoch has forty steps or more, the learning rate
    /// smaller in proportion (Goyal et al. 2017, arXiv 1706.02677). Schedules keep their shape, since they are shares of the training;
    /// where there are fewer epochs than before, those that change once an epoch change every step. What counts in epochs
    /// (<see cref="AdversarialWeightPerturbation.FromEpoch"/>, <see cref="EarlyStopping"/>) becomes the same share of the training,
    /// rounded down.
    /// </summary>
    /// <param name="epochs">Epochs, at least 1.</param>
    /// <param name="images">Training images, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one epoch or image.</exception>
    public TrainingRecipe ScaledTo(int epochs, long images)
    {
        const int steps = 40, smallest = 16;
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        int batch = BatchSize;
        while (batch > smallest && images / batch < steps)
            batch = Math.Max(smallest, batch / 2);
        return this with
        {
            Epochs = epochs,
            BatchSize = batch,
            MicroBatchSize = MicroBatchSize is { } micro ? Math.Min(micro, batch) : null,
            LearningRate = LearningRate * batch / BatchSize,
            Schedule = epochs < Epochs ? Schedule.ByStep() : Schedule,
            Perturbation = Perturbation is null ? null : Perturbation with { FromEpoch = Scaled(Perturbation.FromEpoch) },
            EarlyStopping = EarlyStopping is null
                ? null : EarlyStopping with { Patience = Math.Max(1, Scaled(EarlyStopping.Patience)), NotBefore = Math.Max(1, Scaled(EarlyStopping.NotBefore)) },
        };

        int Scaled(int epoch) => (int)((long)epoch * epochs / Epochs);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Epochs),
        .. Rule.Holds(BatchSize >= 2, nameof(BatchSize), $"must be at least 2, because batch norm learns nothing from one image, got {BatchSize}."),
        .. Rule.Holds(BatchSize <= LargestBatch, nameof(BatchSize), $"must be at most {LargestBatch}, got {BatchSize}."),
        .. Rule.Holds(MicroBatchSize is null || (MicroBatchSize >= 2 && MicroBatchSize <= BatchSize), nameof(MicroBatchSize),
            $"must be at least 2 and at most the batch size {BatchSize}, got {MicroBatchSize}. Leave it out for whole batches."),
        .. Rule.Positive(LearningRate, most: HighestRate),
        .. Schedule.ProblemsAs(nameof(Schedule)),
        .. Rule.Holds(Optimizer is null || Schedule is null || Optimizer.TakesMomentum
            || Schedule.MomentumAt(new TrainingPosition(0, Math.Max(Epochs, 1), 0, 1)) is null, nameof(Schedule),
            $"must leave the momentum alone, which {Optimizer?.GetType().Name} has none of that could be moved. Take Sgd, or a schedule "
                + "that does not move it."),
        .. Radius?.ProblemsAs(nameof(Radius)) ?? [],
        .. Optimizer.ProblemsAs(nameof(Optimizer)),
        .. Rule.PositiveOrDefault(GradientNormClip),
        .. Average?.ProblemsAs(nameof(Average)) ?? [],
        .. Perturbation?.ProblemsAs(nameof(Perturbation)) ?? [],
        .. EarlyStopping?.ProblemsAs(nameof(EarlyStopping)) ?? [],
        .. Recovery?.ProblemsAs(nameof(Recovery)) ?? [],
        .. Rule.Each(Augmentations, augmentation => augmentation.ProblemsAs("")),
        .. Mixing?.ProblemsAs(nameof(Mixing)) ?? [],
        .. BatchSize < 2 ? [] : ExtraImageBatches.Problems(BatchSize, ExtraShare).Select(problem => problem with { Subject = nameof(ExtraShare) }),
        .. Rule.Known(AttackBatchNorm),
        .. ValidationAttack?.ProblemsAs(nameof(ValidationAttack)) ?? [],
        .. Rule.Holds(ValidationAttack is not { NeedsSurrogate: true }, nameof(ValidationAttack),
            $"must do without another model, which a training has none of, got {ValidationAttack?.Name}. Leave it out for PGD."),
        .. ValidationImages is { } images ? Rule.Positive(images, nameof(ValidationImages), most: 1_000_000_000) : [],
    ];
}
