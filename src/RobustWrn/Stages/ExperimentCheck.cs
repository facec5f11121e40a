using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>Finds everything that is wrong with an experiment before anything is computed.</summary>
internal static class ExperimentCheck
{
    private const int MostCandidates = 2_000;

    public static IEnumerable<Problem> Problems(RobustExperiment experiment)
    {
        List<Problem> problems =
        [
            .. experiment.Threat.ProblemsAs(nameof(RobustExperiment.Threat)),
            .. experiment.Objective.ProblemsAs(nameof(RobustExperiment.Objective)),
            .. experiment.Recipe.ProblemsAs(nameof(RobustExperiment.Recipe)),
            .. Attacks(experiment.Suite, nameof(RobustExperiment.Suite), experiment.Threat),
            .. experiment.RankingSuite is { } ranking ? Attacks(ranking, nameof(RobustExperiment.RankedBy), experiment.Threat) : [],
            .. experiment.Objective?.ProblemsUnder(experiment.Threat).Select(problem => problem.Within(nameof(RobustExperiment.Objective))) ?? [],
            .. (experiment.Recipe?.ValidationAttack?.ProblemsUnder(experiment.Threat) ?? [])
                .Select(problem => problem.Within($"{nameof(RobustExperiment.Recipe)}.{nameof(TrainingRecipe.ValidationAttack)}")),
            .. experiment.Budget.ProblemsAs(nameof(RobustExperiment.Budget)),
            .. Rule.Positive(experiment.Replicates, nameof(RobustExperiment.Replicates), most: Rule.MostEntries),
            .. Rule.Holds(experiment.Space is not null || experiment.Baselines.Count > 0, nameof(RobustExperiment.Searching),
                "there must be something to train: a search space (Searching) or baselines (Comparing), got neither."),
            .. Networks(experiment),
            .. Goals(experiment),
            .. Workers(experiment),
            .. TorchRuntime.DeviceProblems(experiment.Device, nameof(RobustExperiment.OnDevice)),
            .. Rule.Holds(experiment.MemoryLimit is null or > 0, nameof(RobustExperiment.WithinMemory), $"must be at least 1 byte, got {experiment.MemoryLimit}. Leave it out for what the machine has."),
        ];
        if (problems.Count == 0)
            problems.AddRange(Storage(experiment));
        // An estimate needs sound networks, and settings can be compared with the folder's only when they can be written.
        if (problems.Count == 0)
            problems.AddRange([.. Memory(experiment), .. ExperimentFolder.Problems(experiment.Folder, Settings(experiment))]);
        return problems;
    }

    public static ExperimentSettings Settings(RobustExperiment experiment) => new()
    {
        Data = experiment.Data.Fingerprint,
        TrainImages = experiment.Data.Training.Train.Count,
        ValidationImages = experiment.Data.Training.Validation.Count,
        TestImages = experiment.Data.Test.Count,
        Threat = experiment.Threat,
        Space = experiment.Space?.Fingerprint,
        Sampler = experiment.Sampler,
        Pruner = experiment.Pruner,
        Goals = experiment.Goals,
        Limits = experiment.Limits,
        BatchWidth = experiment.BatchWidth,
        Baselines = experiment.Baselines,
        Objective = experiment.Objective,
        Recipe = experiment.Recipe,
        Suite = experiment.Suite,
        RankingSuite = experiment.RankingSuite,
        Budget = experiment.Budget,
        Seed = experiment.Seed,
        Replicates = experiment.Replicates,
    };

    private static IEnumerable<Problem> Attacks(AttackSuite? suite, string name, ThreatModel? threat) =>
    [
        .. suite.ProblemsAs(name),
        .. (suite?.Attacks ?? []).Take(Rule.MostEntries).SelectMany((attack, i) =>
            Rule.Holds(attack is not { NeedsSurrogate: true }, $"{name}.Attacks[{i}]",
            $"must do without another model, which an experiment has none of, got {attack?.Name}. Leave it out, and run it on the "
                + $"finished network with {nameof(EvaluationOptions)}.{nameof(EvaluationOptions.Surrogate)}.")),
        .. (threat is null ? [] : suite?.ProblemsUnder(threat) ?? []).Select(problem => problem.Within(name)),
    ];

    private static IEnumerable<Problem> Networks(RobustExperiment experiment)
    {
        IImageSource images = experiment.Data.Training.Train;
        // Each is compared with each, and trained.
        if (experiment.Baselines.Count > Rule.MostEntries)
        {
            yield return new Problem(nameof(RobustExperiment.Baselines),
                $"must have at most {Rule.MostEntries} entries, got {experiment.Baselines.Count}.");
            yield break;
        }
        for (int i = 0; i < experiment.Baselines.Count; i++)
        {
            string name = $"{nameof(RobustExperiment.Baselines)}[{i}]";
            foreach (Problem problem in experiment.Baselines[i].ProblemsAs(name).Concat(Fits(experiment.Baselines[i], images, name)))
                yield return problem;
            if (experiment.Baselines.Take(i).Contains(experiment.Baselines[i]))
                yield return new Problem(name, $"must differ from the other baselines, got {experiment.Baselines[i].Name} twice.");
        }
        if (experiment.Space is not { } space)
            yield break;
        foreach (Problem problem in space.ProblemsAs(nameof(RobustExperiment.Space)).Concat(experiment.Sampler.ProblemsAs(nameof(RobustExperiment.Sampler)))
            .Concat(Fits(space.Base, images, nameof(RobustExperiment.Space))))
            yield return problem;
    }

    private static IEnumerable<Problem> Workers(RobustExperiment experiment)
    {
        if (experiment.Workers is not { } workers)
            return [];
        Problem[] problems =
        [
            .. workers.Problems().Select(problem => problem.Within(nameof(RobustExperiment.RunOn))),
            .. Rule.Holds(experiment.Folder is not null, nameof(RobustExperiment.RunOn),
                $"must have a folder that workers share, got none. Call {nameof(RobustExperiment.RecordedIn)}."),
        ];
        if (experiment.Folder is not { } folder || problems.Length > 0)
            return problems;
        using IStudyStore store = experiment.StoreAt(System.IO.Path.Combine(folder, "study"));
        return Rule.Holds(store.IsShared, nameof(RobustExperiment.RunOn),
            $"must have a store that processes share, got {store.GetType().Name}. Take the package RobustWrn.Search.Sqlite, and call "
                + $"{nameof(RobustExperiment.StoringIn)}(place => new SqliteStudyStore(place + \".db\")).").ToArray();
    }

    private static IEnumerable<Problem> Goals(RobustExperiment experiment)
    {
        ISearchObjective[] measured = [.. experiment.Goals, .. experiment.Limits.Select(limit => limit.Measured)];
        Problem[] problems =
        [
            .. experiment.Goals.SelectMany((goal, i) => goal.ProblemsAs($"{nameof(RobustExperiment.SearchingFor)}[{i}]")),
            .. experiment.Limits.SelectMany((limit, i) => limit.Measured.ProblemsAs($"{nameof(RobustExperiment.Requiring)}[{i}]")),
        ];
        if (problems.Length > 0 || measured.Contains(null!))
            return problems;
        return
        [
            .. StudyOptionsOf(experiment).Problems().Select(problem => problem.Within("Search")),
            .. Rule.Holds(experiment.RankingSuite is null || measured.Length == 0 || measured.Any(goal => goal.IsUnderAttack),
                nameof(RobustExperiment.RankedBy),
                $"must have something to decide, but no objective and no limit is an accuracy under attack, got "
                    + $"{Quantity.First([.. measured.Select(goal => $"\"{goal.Objective.Name}\"")], 6)}. Search for "
                    + $"{nameof(RobustAccuracy)}, too, or leave the ranking out."),
            .. Rule.Holds(experiment.Pruner is null || experiment.Recipe.Epochs != 1, nameof(RobustExperiment.Pruner),
                "must have an epoch after which a training goes on, got a recipe of 1 epoch. Train for more epochs, or leave the pruner "
                    + "out."),
            .. Rule.Holds(experiment.BatchWidth is null || experiment.Budget.MaxTime is null, nameof(RobustExperiment.Within),
                $"must have no limit of time in a search in batches, which is the same on every machine, got "
                    + $"{experiment.Budget.MaxTime}. Leave it out, or call {nameof(RobustExperiment.FreeRunning)}."),
            .. measured.Where(goal => experiment.BatchWidth is not null && !goal.IsRepeatable)
                .Select(goal => goal.Objective.Name).Distinct()
                .Select(name => new Problem(nameof(RobustExperiment.SearchingFor),
                    "must have objectives that are the same on every machine in a "
                    + $"search in batches, got \"{name}\". Leave it out, or call {nameof(RobustExperiment.FreeRunning)}.")),
        ];
    }

    /// <summary>Objectives, limits and mode of the search's study.</summary>
    public static StudyOptions StudyOptionsOf(RobustExperiment experiment) => new()
    {
        Objectives = experiment.Goals.Select(goal => goal.Objective).ToValueList(),
        Constraints = experiment.Limits.Select(limit => limit.Constraint).ToValueList(),
        Width = experiment.BatchWidth,
        MaxTrials = experiment.Budget.MaxTrials,
        Pruner = experiment.Pruner,
        Ladder = experiment is { Pruner: not null, Recipe: { } recipe } ? LadderOf(recipe) : new TrainingLadder(),
        Logger = experiment.Logger,
    };

    // A schedule that falls again and again has no drops to speak of.
    private static TrainingLadder LadderOf(TrainingRecipe recipe)
    {
        IReadOnlyList<int> drops = recipe is { Epochs: >= 1, Schedule: { } schedule } && !schedule.Problems().Any() ? schedule.DropsAfter(recipe.Epochs) : [];
        return new TrainingLadder
        {
            LastStep = recipe.Epochs,
            Drops = drops.Count > TrainingLadder.MostDrops ? [] : drops.Select(epoch => (double)epoch).ToValueList(),
        };
    }

    private static IEnumerable<Problem> Fits(INetworkSpec? spec, IImageSource images, string name) => spec is null ? [] :
    [
        .. Rule.Holds(spec.Classes == images.ClassNames.Count, $"{name}.Classes", $"must be the {images.ClassNames.Count} classes of the images, got {spec.Classes}."),
        .. Rule.Holds(spec.InputChannels == images.Channels, $"{name}.InputChannels", $"must be the {Quantity.Of(images.Channels, "channel")} of the images, got {spec.InputChannels}."),
        .. Rule.Holds(Math.Min(images.Height, images.Width) >= spec.SmallestSide, name,
            $"must take the {images.Height} x {images.Width} images, got a network that needs at least {spec.SmallestSide} x {spec.SmallestSide}. Take out a stage that pools."),
    ];

    // Spaces too large to be looked at point by point are left to the trainer, which checks each network before it is trained.
    private static IEnumerable<Problem> Memory(RobustExperiment experiment)
    {
        IEnumerable<Problem> Of(INetworkSpec spec, string name) =>
            TrainingMemory.Problems(spec, experiment.Objective, experiment.Recipe, experiment.Data.Training.Train, experiment.Device, experiment.MemoryLimit, name);
        for (int i = 0; i < experiment.Baselines.Count; i++)
        {
            foreach (Problem problem in Of(experiment.Baselines[i], $"{nameof(RobustExperiment.Baselines)}[{i}]"))
                yield return problem;
        }
        if (experiment.Space is not { } space || space.Size > MostCandidates)
            yield break;
        Problem[] candidates = [.. space.Shape.Grid().Select(space.Judge).Where(verdict => verdict.Kept).SelectMany(verdict => Of(verdict.Spec!, nameof(RobustExperiment.Space)))];
        if (candidates.Length > 0)
            yield return candidates[0] with { Message = $"{candidates[0].Message} It is one of {candidates.Length} such candidates: leave them out with Where." };
    }

    // An experiment always writes: into a temporary folder where none is named.
    private static IEnumerable<Problem> Storage(RobustExperiment experiment) =>
    [
        .. experiment.Threat.StorageProblems(nameof(RobustExperiment.Threat)),
        .. experiment.Objective.StorageProblems(nameof(RobustExperiment.Objective)),
        .. experiment.Recipe.StorageProblems(nameof(RobustExperiment.Recipe)),
        .. experiment.Suite.StorageProblems(nameof(RobustExperiment.Suite)),
        .. experiment.RankingSuite?.StorageProblems(nameof(RobustExperiment.RankedBy)) ?? [],
        .. experiment.Sampler.StorageProblems(nameof(RobustExperiment.Sampler)),
        .. experiment.Pruner?.StorageProblems(nameof(RobustExperiment.Pruner)) ?? [],
        .. experiment.Goals.SelectMany((goal, i) => goal.StorageProblems($"{nameof(RobustExperiment.SearchingFor)}[{i}]")),
        .. experiment.Limits.SelectMany((limit, i) => limit.Measured.StorageProblems($"{nameof(RobustExperiment.Requiring)}[{i}]")),
        .. experiment.Baselines.SelectMany((spec, i) => spec.StorageProblems($"{nameof(RobustExperiment.Baselines)}[{i}]")),
        .. experiment.Space?.StorageProblems() ?? [],
    ];
}
