using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn;

/// <summary>
/// A robust architecture search, described step by step: candidates of a search space and baselines are trained against an attacker,
/// ranked on validation images, audited there, and the Pareto front is evaluated on the test split once. Immutable: each call returns a
/// new description.
/// </summary>
/// <remarks>The same description recorded in the same folder goes on where it stopped and ends in the same result.</remarks>
public sealed record RobustExperiment
{
    private RobustExperiment(DatasetSplits data, ThreatModel threat) => (Data, Threat) = (data, threat);

    /// <summary>The images.</summary>
    public DatasetSplits Data { get; private init; }

    /// <summary>The ball in which an attacker may move an image.</summary>
    public ThreatModel Threat { get; private init; }

    /// <summary>The networks that trials are compared with.</summary>
    public ValueList<INetworkSpec> Baselines { get; private init; } = [];

    /// <summary>The objective that networks are trained by. Default: TRADES, the objective of the search in Huang et al. 2021.</summary>
    public IRobustObjective Objective { get; private init; } = new Trades();

    /// <summary>The schedule of the training. Default: that of Huang et al. 2021.</summary>
    public TrainingRecipe Recipe { get; private init; } = new();

    /// <summary>The attacks of the final evaluation. Default: PGD-20 and CW, as in the tables of Huang et al. 2021.</summary>
    public AttackSuite Suite { get; private init; } = AttackSuite.Of("PGD and CW", new Pgd(), new CwLinf());

    /// <summary>
    /// The attacks on validation images that rank trained networks; null, the default, ranks them by the validation attack of their
    /// training.
    /// </summary>
    public AttackSuite? RankingSuite { get; private init; }

    /// <summary>When the search ends. Default: after 20 trials.</summary>
    public Budget Budget { get; private init; } = new();

    /// <summary>The seed. Default 0.</summary>
    public Seed Seed { get; private init; }

    /// <summary>The number of times that networks of the final evaluation are trained. Default 1.</summary>
    public int Replicates { get; private init; } = 1;

    /// <summary>The folder the experiment is recorded in; null for none.</summary>
    public string? Folder { get; private init; }

    /// <summary>The device the numbers are made on; null is the CPU.</summary>
    public Device? Device { get; private init; }

    /// <summary>Bytes of memory that a training on the CPU may take; null is what the machine has.</summary>
    public long? MemoryLimit { get; private init; }

    /// <summary>The candidates; null without a search.</summary>
    public SearchSpace<INetworkSpec>? Space { get; private init; }

    /// <summary>The sampler that chooses the next candidate; null without a search.</summary>
    public ISampler? Sampler { get; private init; }

    /// <summary>Ends trials on their way; null, the default, trains each to its end.</summary>
    public IPruner? Pruner { get; private init; }

    /// <summary>The objectives of the search, measured on validation. Default: <see cref="RobustAccuracy"/> alone.</summary>
    public ValueList<ISearchObjective> Goals { get; private init; } = [new RobustAccuracy()];

    /// <summary>The limits of good networks. Default: none.</summary>
    public ValueList<SearchLimit> Limits { get; private init; } = [];

    /// <summary>
    /// The number of trials that are proposed from what came of those before (<see cref="StudyOptions.Width"/>); null in a free-running
    /// search. Default 8.
    /// </summary>
    public int? BatchWidth { get; private init; } = 8;

    /// <summary>Makes the trainer of an objective and a recipe. Default: <see cref="RobustTrainer"/>.</summary>
    public Func<IRobustObjective, TrainingRecipe, IRobustTrainer> Trainer { get; private init; } = static (objective, recipe) =>
        new RobustTrainer(objective, recipe);

    /// <summary>Judges the networks of the final evaluation. Default: <see cref="RobustnessEvaluator"/>.</summary>
    public IRobustnessEvaluator Evaluator { get; private init; } = new RobustnessEvaluator();

    /// <summary>The processes that work on the trials; null, the default, is this one alone.</summary>
    public LocalWorkers? Workers { get; private init; }

    // Null is the default store.
    private Func<string, IStudyStore>? Store { get; init; }

    internal ILogger Logger { get; private init; } = NullLogger.Instance;

    /// <summary>Starts a description.</summary>
    /// <param name="data">The images. They stay owned by the caller and must live as long as the experiment runs.</param>
    /// <param name="threat">How far an attacker may move an image: <c>ThreatModel.Linf(8, outOf: 255)</c>.</param>
    public static RobustExperiment On(DatasetSplits data, ThreatModel threat)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(threat);
        return new RobustExperiment(data, threat);
    }

    /// <summary>Searches a space.</summary>
    /// <param name="space">The candidates.</param>
    /// <param name="sampler">How the next candidate is chosen.</param>
    /// <param name="pruner">
    /// Ends trials on their way, by what they reported after each epoch: at its rungs a trial waits, with its checkpoint, until the others
    /// of its batch stand there. One that it ends is on no front and is not tested. Null, the default, trains each to its end.
    /// </param>
    public RobustExperiment Searching<TSpec>(SearchSpace<TSpec> space, ISampler sampler, IPruner? pruner = null)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(sampler);
        return this with { Space = space.AsAnyNetwork(), Sampler = sampler, Pruner = pruner };
    }

    /// <summary>
    /// The experiment with other objectives: <c>SearchingFor(new RobustAccuracy(), new MultiplyAddCount())</c>. With several, samplers
    /// look for the Pareto front of them, and that front is what is evaluated on test.
    /// </summary>
    public RobustExperiment SearchingFor(params ReadOnlySpan<ISearchObjective> goals) => this with { Goals = [.. goals] };

    /// <summary>
    /// A limit that a good network keeps, such as <c>Requiring(new CleanAccuracy(), 0.8, tolerance: 0.005)</c>: from below where more of it
    /// is better, from above where less is. Networks that break it are told to the sampler as such and cannot be on the front. What is
    /// known before the training, such as multiply-adds, is better a filter of the space.
    /// </summary>
    /// <param name="measured">What is limited.</param>
    /// <param name="limit">The limit, in its unit; of an accuracy a share in [0, 1].</param>
    /// <param name="tolerance">How far beyond it still counts as within, in the same unit.</param>
    public RobustExperiment Requiring(ISearchObjective measured, double limit, double tolerance = 0) =>
        this with { Limits = [.. Limits, new SearchLimit(measured, limit, tolerance)] };

    /// <summary>
    /// The number of trials of a batch: each is proposed from what came of the batches before, so that a search is the same on one worker
    /// and on as many as there are trials in a batch.
    /// </summary>
    public RobustExperiment InBatchesOf(int width) => this with { BatchWidth = width };

    /// <summary>
    /// Proposes each trial from all that is known by then. Needed where time decides: a limit of time, or objectives that are times. The
    /// result says so, since another run, or another machine, tries other networks.
    /// </summary>
    public RobustExperiment FreeRunning() => this with { BatchWidth = null };

    /// <summary>Trains and evaluates these networks too, whatever the search finds.</summary>
    public RobustExperiment Comparing(params ReadOnlySpan<INetworkSpec> baselines) => this with { Baselines = [.. baselines] };

    /// <summary>The experiment with another objective and recipe for its trainings.</summary>
    public RobustExperiment TrainedBy(IRobustObjective objective, TrainingRecipe recipe) => this with { Objective = objective, Recipe = recipe };

    /// <summary>The attacks of the final evaluation.</summary>
    public RobustExperiment EvaluatedBy(AttackSuite suite) => this with { Suite = suite };

    /// <summary>
    /// Ranks networks by stronger attacks than the validation attack of their training: each is attacked by a suite once it is trained, on
    /// the same validation images, and <see cref="RobustAccuracy"/>, <see cref="WorstClassAccuracy"/> and <see cref="CleanAccuracy"/> are
    /// counted there. Trials race: the attacks on one stop as soon as it cannot be as robust any more as a trial before it that is as good
    /// in all other objectives. Of it an upper bound is known then (<see cref="Judgement.AtMost"/>), and it is on no front: with one
    /// objective, the front is one of the networks whose attacks finished.
    /// </summary>
    /// <param name="suite">The attacks, cheap ones first.</param>
    public RobustExperiment RankedBy(AttackSuite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return this with { RankingSuite = suite };
    }

    /// <summary>
    /// When the search ends: <c>Budget.Trials(40)</c>; with <see cref="FreeRunning"/> also
    /// <c>Budget.Trials(40).OrAfter(TimeSpan.FromHours(8))</c>.
    /// </summary>
    public RobustExperiment Within(Budget budget) => this with { Budget = budget };

    /// <summary>The seed all randomness is derived from.</summary>
    public RobustExperiment Seeded(Seed seed) => this with { Seed = seed };

    /// <summary>
    /// Trains the networks of the final evaluation this many times, each with a seed of its own: one training says nothing about an
    /// architecture's spread.
    /// </summary>
    public RobustExperiment Replicated(int replicates) => this with { Replicates = replicates };

    /// <summary>Records everything in a folder. Run again with the same settings, the experiment goes on there.</summary>
    public RobustExperiment RecordedIn(string folder) => this with { Folder = folder };

    /// <summary>
    /// Keeps the study of the search elsewhere than in <see cref="FolderStudyStore"/>, such as in one file that several processes share:
    /// <c>StoringIn(place =&gt; new SqliteStudyStore(place + ".db"))</c>, of the package RobustWrn.Search.Sqlite.
    /// </summary>
    /// <param name="store">
    /// Makes the store, given the path at which the study belongs, a name without ending below the folder of the experiment. Called more
    /// than once; the experiment disposes what it gives.
    /// </param>
    public RobustExperiment StoringIn(Func<string, IStudyStore> store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return this with { Store = store };
    }

    /// <summary>
    /// Trains the trials of the search in several processes of this machine: <c>RunOn(new LocalWorkers(4))</c>. Each is this program once
    /// more, with the same arguments; there <see cref="RunAsync"/> of the same experiment works on trials and never returns. Baselines,
    /// audit and test stay here. A search in batches is the same for any number of workers.
    /// </summary>
    /// <remarks>
    /// What the program does before, it does in each worker again: it must not ask people, nor delete the folder, nor take what only one
    /// process can have (<see cref="LocalWorkers.IsWorker"/> tells). What a worker prints is in <c>workers/N.log</c> in the folder. A
    /// worker that is killed is started again, and its trial goes on from its last checkpoint. Needs <see cref="RecordedIn"/> and a store
    /// that processes share (<see cref="StoringIn"/>). Times that are measured while others work are longer than on an idle machine.
    /// </remarks>
    /// <param name="workers">How many.</param>
    public RobustExperiment RunOn(LocalWorkers workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        return this with { Workers = workers };
    }

    internal IStudyStore StoreAt(string place) => Store?.Invoke(place) ?? new FolderStudyStore(place, Logger);

    /// <summary>Writes events to a log.</summary>
    public RobustExperiment LoggedTo(ILogger logger) => this with { Logger = logger };

    /// <summary>
    /// Trains and attacks on a device: <c>new Device("cuda", 0)</c>. <see cref="Check"/> says when there is no such device here.
    /// </summary>
    public RobustExperiment OnDevice(Device device) => this with { Device = device };

    /// <summary>
    /// Trains with something else than <see cref="RobustTrainer"/>: a trainer of your own, or a stand-in of a test. Objective and recipe
    /// are those of the experiment, which records them and not the
    /// trainer: keep experiments of different trainers in different folders.
    /// </summary>
    /// <param name="trainer">Makes the trainer of an objective and a recipe.</param>
    public RobustExperiment TrainingWith(Func<IRobustObjective, TrainingRecipe, IRobustTrainer> trainer)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        return this with { Trainer = trainer };
    }

    /// <summary>
    /// Judges the networks of the final evaluation with something else than <see cref="RobustnessEvaluation"/>. What
    /// <see cref="TrainingWith"/> says of folders holds here, too.
    /// </summary>
    /// <param name="evaluator">The evaluator.</param>
    public RobustExperiment EvaluatingWith(IRobustnessEvaluator evaluator)
    {
        ArgumentNullException.ThrowIfNull(evaluator);
        return this with { Evaluator = evaluator };
    }

    /// <summary>
    /// Refuses networks whose training takes more than these bytes of memory, on the CPU. Default: what the machine has,
    /// or the container where it has a limit.
    /// </summary>
    public RobustExperiment WithinMemory(long bytes) => this with { MemoryLimit = bytes };

    /// <summary>
    /// Everything that is wrong with the description, its data and its folder, before anything is computed; empty when it can run.
    /// </summary>
    public IReadOnlyList<Problem> Check() => [.. ExperimentCheck.Problems(this)];

    /// <summary>
    /// Times a few batches on the calling thread and predicts how long the experiment takes and how much memory it needs.
    /// </summary>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="InvalidDescriptionException">The description has problems.</exception>
    public ExperimentEstimate Estimate(CancellationToken cancellationToken = default)
    {
        Check().ThrowIfAny(nameof(RobustExperiment));
        return Estimation.Of(this, cancellationToken);
    }

    /// <summary>
    /// Runs one batch through every stage on the calling thread: building, training, validation, attacks, reports. Reads no test image.
    /// </summary>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="InvalidDescriptionException">The description has problems.</exception>
    public Rehearsal Rehearse(CancellationToken cancellationToken = default)
    {
        Check().ThrowIfAny(nameof(RobustExperiment));
        return RehearsalRun.Of(this, cancellationToken);
    }

    /// <summary>Runs the experiment on a thread of its own. Experiments of one process queue.</summary>
    /// <param name="progress">Called on the numeric thread with plain values.</param>
    /// <param name="cancellationToken">Checked between steps; what was finished is recorded.</param>
    /// <exception cref="InvalidDescriptionException">The description has problems; all of them are listed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="WorkersFailedException">Its workers end again and again without having done anything.</exception>
    public async Task<ExperimentResult> RunAsync(IProgress<ExperimentProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check().ThrowIfAny(nameof(RobustExperiment));
        if (WorkerRole.In(this) is { } role)
        {
            return await NumericThread.RunAsync(
                () => ExperimentWorker.RunAndExit(this, role, cancellationToken), "RobustWrn worker", CancellationToken.None)
                .ConfigureAwait(false);
        }
        return await NumericThread.RunAsync(() => ExperimentRun.Execute(this, progress, cancellationToken), "RobustWrn experiment", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs the experiment and yields its progress; the last report carries the result. Leaving the enumeration cancels the run and waits
    /// for its end. Reports of a network under way are dropped when the reader is slow; those of a finished one never are.
    /// </summary>
    /// <param name="cancellationToken">Checked between steps; what was finished is recorded.</param>
    public async IAsyncEnumerable<ExperimentProgress> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Channel<ExperimentProgress> channel = Channel.CreateBounded<ExperimentProgress>(new BoundedChannelOptions(256) { SingleReader = true, SingleWriter = true });
        Task<ExperimentResult> run = RunInto(channel.Writer, stop.Token);
        try
        {
            await foreach (ExperimentProgress report in channel.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return report;
            await run.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<ExperimentResult> RunInto(ChannelWriter<ExperimentProgress> writer, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(new ChannelProgress(writer, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            writer.TryComplete();
        }
    }

    /// <summary>Space, training and evaluation in a few words.</summary>
    public override string ToString() =>
        $"{(Space is null ? "no search" : $"search over {Space}")}, {Quantity.Of(Baselines.Count, "baseline")}; "
        + $"{Objective.Name} for {Quantity.Of(Recipe.Epochs, "epoch")} under {Threat}; "
        + $"{(RankingSuite is null ? "" : $"ranked by {RankingSuite.Name}, ")}judged by {Suite.Name}";
}
