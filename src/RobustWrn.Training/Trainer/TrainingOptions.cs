using Microsoft.Extensions.Logging;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Where a training runs and what it leaves behind. Nothing here changes the result on one device, except the weights it starts from.
/// </summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// The folder of the checkpoints; null writes none. A run with the same settings and the same folder goes on where the last one
    /// stopped; a folder of another run is refused.
    /// </summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>Steps after which a checkpoint is written within an epoch, besides the one at its end; null writes none.</summary>
    public int? CheckpointEverySteps { get; init; }

    /// <summary>
    /// The time after which a checkpoint is written within an epoch, besides the one at its end; null writes none.
    /// A cancelled training writes one in any case.
    /// </summary>
    public TimeSpan? CheckpointInterval { get; init; }

    /// <summary>
    /// The number of checkpoints that are kept, the newest ones. Default 2: the one before serves where the newest is damaged.
    /// Each holds the best weights, too.
    /// </summary>
    public int KeptCheckpoints { get; init; } = 2;

    /// <summary>
    /// The epoch, from 1, after which the training stops for now: where this many are done, it returns a
    /// <see cref="TrainingResult.IsPaused"/> result. Called again with a later pause or none, the same settings, the same folder and a
    /// classifier built from the same seed, it goes on and ends in the bits of a training that never paused: the pause is no part of what
    /// the run is. Every epoch is validated and leaves a checkpoint anyway, so a pause adds no validation that selection or early stopping
    /// could see. Null, the default, trains to the end; so does a number of epochs that the training does not reach. Needs
    /// <see cref="CheckpointFolder"/>.
    /// </summary>
    public int? PauseAfter { get; init; }

    /// <summary>
    /// The folder that gets <c>metrics.csv</c> and <c>metrics.jsonl</c>, one line for each epoch, and a file of events for TensorBoard,
    /// rewritten after each epoch; null writes none.
    /// </summary>
    public string? MetricsFolder { get; init; }

    /// <summary>
    /// A checkpoint of another run that this one goes on from: a finished run for more epochs, or one that stopped early with more
    /// patience. Null starts at the first epoch. Weights, what the optimiser remembers, the weight average, the best of both and the
    /// epochs so far are taken over; the recipe's epochs count those, too. Only <see cref="TrainingRecipe.Epochs"/>,
    /// <see cref="TrainingRecipe.LearningRate"/>, <see cref="TrainingRecipe.Schedule"/> and <see cref="TrainingRecipe.EarlyStopping"/>
    /// may be others than that run's; for a training that differs in more, start from its weights (<see cref="InitialWeights"/>).
    /// </summary>
    public string? Continues { get; init; }

    /// <summary>
    /// A weights file to start from (safetensors or PyTorch's .pth); null starts from the weights the classifier has. A normalisation of
    /// pixels that it says is taken on; what was taken is logged, and so is what is doubtful (<see cref="WeightsReport"/>).
    /// </summary>
    public string? InitialWeights { get; init; }

    /// <summary>The choice of weights in it, whose names they have, and what is left out; null for what the file itself suggests.</summary>
    public WeightsOptions? InitialWeightsOptions { get; init; }

    /// <summary>Where the network is trained; null where its weights are.</summary>
    public Device? Device { get; init; }

    /// <summary>
    /// Bytes of memory that a training may take; null is what the machine has on the CPU (or the container, where it has a limit),
    /// and unknown on other devices. A network that needs more is refused before anything is allocated.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Takes log messages; null drops them.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>The shortest time between two reports of progress within an epoch. Default: a quarter of a second.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromMilliseconds(250);
}
