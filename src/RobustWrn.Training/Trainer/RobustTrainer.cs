using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Trains classifiers: what is minimised and by which recipe. Immutable; one trainer can train any number of networks, one after another.
/// </summary>
/// <param name="objective">What is minimised.</param>
/// <param name="recipe">How.</param>
public sealed class RobustTrainer(IRobustObjective objective, TrainingRecipe recipe) : IRobustTrainer
{
    /// <summary>The objective that is minimised.</summary>
    public IRobustObjective Objective { get; } = objective;

    /// <summary>Optimiser, schedule, batches and epochs.</summary>
    public TrainingRecipe Recipe { get; } = recipe;

    /// <summary>
    /// Everything that is wrong, before a network is built: also a network whose <see cref="TrainingMemory"/> is more than there is.
    /// </summary>
    /// <param name="network">The network to be trained.</param>
    /// <param name="data">Training and validation images.</param>
    /// <param name="threat">How far images may move.</param>
    /// <param name="options">Where it runs and what it leaves behind.</param>
    public IReadOnlyList<Problem> Check(INetworkSpec network, TrainingSplits data, ThreatModel threat, TrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        Problem[] problems =
        [
            .. Objective.ProblemsAs(nameof(Objective)),
            .. Recipe.ProblemsAs(nameof(Recipe)),
            .. network.ProblemsAs(nameof(network)),
            .. threat.ProblemsAs(nameof(threat)),
            .. ProblemsUnder(threat),
            .. data.Problems(network),
            .. options?.Problems() ?? [],
        ];
        if (problems.Length == 0)
            problems = [.. options?.StorageProblems(this, network, threat) ?? []];
        // An estimate needs a network, a recipe and images that are sound and fit each other.
        return problems.Length > 0 ? problems : [.. TrainingMemory.Problems(network, Objective, Recipe, data.Train, options?.Device, options?.MemoryLimit, nameof(network))];
    }

    /// <summary>Trains a classifier, judges it after each epoch on validation images, and gives it the weights of the best epoch.</summary>
    /// <param name="classifier">
    /// The classifier; its present weights are the start unless the options name others. Ends in evaluation mode.
    /// </param>
    /// <param name="data">Training and validation images. The test images cannot be reached from here.</param>
    /// <param name="threat">How far images may move, in training and validation.</param>
    /// <param name="seed">All randomness comes from it: order, augmentation, dropout and attacks.</param>
    /// <param name="options">Where it runs and what it leaves behind.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Checked between steps, and between the steps of attacks.</param>
    /// <returns>The metrics of all epochs; of those so far where the options name a pause before the end.</returns>
    /// <exception cref="InvalidDescriptionException">
    /// Something is wrong with objective, recipe, network, data or options; all problems are listed.
    /// </exception>
    /// <exception cref="CheckpointRefusedException">
    /// The checkpoint folder belongs to another run, or the checkpoint to go on from to one that differs in too much.
    /// </exception>
    /// <exception cref="CheckpointNotWrittenException">
    /// A checkpoint or the metrics could not be written; the checkpoints before are intact.
    /// </exception>
    /// <exception cref="InvalidDataException">The checkpoint to go on from is damaged.</exception>
    /// <exception cref="WeightsFileException">
    /// The weights to start from cannot be read, do not fit the network, or come from code that certainly computes otherwise.
    /// </exception>
    /// <exception cref="ArgumentException">A pattern of <see cref="TrainingOptions.InitialWeightsOptions"/> fits no name.</exception>
    /// <exception cref="IOException">Another process works in the checkpoint folder, or a checkpoint in it cannot be read.</exception>
    /// <exception cref="TrainingOutOfMemoryException">
    /// A step took more memory than there is. An attack on a batch is cut into parts before that, where that changes nothing.
    /// </exception>
    /// <exception cref="TrainingDivergedException">
    /// Loss or gradients became NaN or infinite. The last checkpoint is kept; the classifier's weights are those before the step.
    /// </exception>
    /// <exception cref="AttackRefusedException">An attack of the objective or of validation left the ball or the box.</exception>
    /// <exception cref="ModelInUseException">Another thread attacks or trains the classifier.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled. A checkpoint of the last finished step is written, where a folder is given;
    /// run again, with a classifier built from the same seed, to go on there.
    /// </exception>
    public TrainingResult Fit(
        Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
        TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        options ??= new TrainingOptions();
        Problem[] problems = [.. Check(classifier.Spec, data, threat, options with { Device = options.Device ?? classifier.parameters().FirstOrDefault()?.device })];
        problems.ThrowIfAny(nameof(RobustTrainer));
        cancellationToken.ThrowIfCancellationRequested();
        using ModelHold hold = new(classifier, "trains");
        using IDisposable guard = enable_grad();
        if (options.Device is not null)
            classifier.to(options.Device);
        if (options.InitialWeights is not null)
            Start(classifier, options.InitialWeights, options);
        classifier.Problems().ThrowIfAny(nameof(RobustTrainer));
        try
        {
            using TrainingRun run = new(this, classifier, data, threat, seed, options, progress);
            return run.ToTheEndOrPause(cancellationToken);
        }
        finally
        {
            classifier.eval();
        }
    }

    private static void Start(Classifier classifier, string weights, TrainingOptions options)
    {
        WeightsReport report = NetworkWeights.Load(classifier, weights, options.InitialWeightsOptions);
        ILogger logger = options.Logger ?? NullLogger.Instance;
        TrainingLog.WeightsLoaded(logger, report.ToString());
        foreach (string warning in report.Warnings)
            TrainingLog.WeightsInDoubt(logger, warning);
    }

    private IEnumerable<Problem> ProblemsUnder(ThreatModel threat) =>
    [
        .. Objective?.ProblemsUnder(threat).Select(problem => problem.Within(nameof(Objective))) ?? [],
        .. Recipe?.ValidationAttack?.ProblemsUnder(threat)
            .Select(problem => problem.Within($"{nameof(Recipe)}.{nameof(TrainingRecipe.ValidationAttack)}")) ?? [],
    ];

    /// <summary><see cref="Fit"/> on a thread of its own.</summary>
    /// <inheritdoc cref="Fit"/>
    public Task<TrainingResult> FitAsync(
        Classifier classifier, TrainingSplits data, ThreatModel threat, Seed seed,
        TrainingOptions? options = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        // Dispose scopes and gradient modes belong to a thread, so the whole training stays on one.
        Task.Factory.StartNew(
            () => Fit(classifier, data, threat, seed, options, progress, cancellationToken),
            cancellationToken, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
