using RobustWrn;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;
using RobustWrn.Search.Sqlite;
using RobustWrn.Training;

namespace SearchArchitecture;

/// <summary>Everything the command line names, opened and checked.</summary>
internal sealed class Setup : IDisposable
{
    /// <summary>The training unless another is named.</summary>
    public const string DefaultRecipe = "trades";

    private const int DefaultSynthetic = 1_500, SyntheticEpochs = 3;

    // The attacks of the paper's tables.
    private static readonly string[] DefaultAttacks = ["pgd", "cw"];

    private readonly DatasetSplits _data;

    private Setup(Choices choices, DatasetSplits data, RobustExperiment experiment, PublishedPlan? published) =>
        (Choices, _data, Experiment, Published) = (choices, data, experiment, published);

    public Choices Choices { get; }

    /// <summary>The experiment, not yet recorded anywhere.</summary>
    public RobustExperiment Experiment { get; }

    /// <summary>The training of the literature that is scaled down to these images; null for one of a file.</summary>
    public PublishedPlan? Published { get; }

    /// <summary>Opens everything; what is wrong is collected, all of it.</summary>
    /// <returns>Null when something is wrong.</returns>
    public static Setup? From(Choices choices, out IReadOnlyList<string> problems)
    {
        List<string> found =
        [
            .. WholeNumber.Within(
                choices.Images, SyntheticData.Smallest, choices.Synthetic ? SyntheticData.Most : int.MaxValue, "--images"),
            .. WholeNumber.Within(choices.TestImages, 1, choices.Synthetic ? SyntheticData.Most : int.MaxValue, "--test-images"),
            .. WholeNumber.Within(choices.Epochs, 1, int.MaxValue, "--epochs"),
            .. WholeNumber.Within(choices.Replicates, 1, Rule.MostEntries, "--replicates"),
            .. WholeNumber.Within(choices.Workers, 1, 1_000, "--workers"),
            .. WholeNumber.Within(choices.Seed, 0, long.MaxValue, "--seed"),
            .. OutputFolder.Problems(choices.Out).Select(CommandLine.Text),
        ];
        problems = found;
        SearchSpace<WideResNetSpec>? space = choices.Space.Open(found);
        ISampler? sampler = choices.Sampler.Open(found);
        IPruner? pruner = choices.Pruner.Open(found);
        Budget budget = choices.Sampler.Budget(found);
        ISearchObjective[] goals = choices.Goals.Goals(choices.Space.Macs is not null, found);
        SearchLimit[] limits = choices.Goals.Limits(found);
        found.AddRange(choices.Sampler.PaceProblems(goals.Concat(limits.Select(limit => limit.Measured))));
        (TrainingPlan? plan, bool published) = NamedPlan.Find(choices.Recipe, "--recipe", found);
        found.AddRange(plan?.Problems().Select(problem => $"--recipe: {problem}") ?? []);
        AttackChoice attacks = choices.Attacks.Names.Count > 0 || choices.Attacks.SuiteFile is not null
            ? choices.Attacks : choices.Attacks with { Names = DefaultAttacks };
        AttackSuite? suite = attacks.Open(plan?.Threat, found);
        INetworkSpec?[] baselines = [.. choices.Baselines.Select(name => NamedNetwork.Find(name, "--baseline", found))];
        DatasetSplits? data = Images(choices, found);
        if (data is not null)
            space = space?.Around(space.Base with { Classes = data.ClassNames.Count });
        // Looks at points, and keeps its answer for the experiment's check.
        found.AddRange(space?.Problems().Select(problem => $"--space {choices.Space.Name}: {problem}") ?? []);
        if (found.Count > 0)
        {
            data?.Dispose();
            return null;
        }
        if (published)
        {
            int all = choices.Epochs ?? (choices.Synthetic ? SyntheticEpochs : plan!.Recipe.Epochs);
            plan = plan!.ScaledTo(all, data!.Training.Train.Count);
        }
        else if (choices.Epochs is { } epochs)
            plan = plan!.ScaledTo(epochs, long.MaxValue);
        RobustExperiment experiment = choices.Sampler.Paced(RobustExperiment.On(data!, plan!.Threat)
            .Searching(space!, sampler!, pruner)
            .SearchingFor(goals)
            .Comparing([.. choices.Baselines.Zip(baselines).Select(pair => NamedNetwork.IsFile(pair.First)
                ? pair.Second! : NamedNetwork.WithClasses(pair.Second!, data!.ClassNames.Count))])
            .TrainedBy(plan.Objective, plan.Recipe)
            .EvaluatedBy(suite!)
            .Within(budget)
            .Replicated(choices.Replicates)
            .Seeded(choices.Seed))
            .StoringIn(place => Store(choices, place));
        foreach (SearchLimit limit in limits)
            experiment = experiment.Requiring(limit.Measured, limit.Limit, limit.Tolerance);
        found.AddRange(experiment.Check().Select(problem => problem.ToString()));
        if (found.Count == 0)
            return new Setup(choices, data!, experiment, published ? PublishedPlans.Find(choices.Recipe) : null);
        data!.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _data.Dispose();

    // A search that was begun in a folder of files goes on there, as long as one process is enough.
    private static IStudyStore Store(Choices choices, string place) => choices.Workers == 1 && Directory.Exists(place)
        ? new FolderStudyStore(place) : new SqliteStudyStore(place + ".db");

    private static DatasetSplits? Images(Choices choices, List<string> problems)
    {
        if (!choices.Synthetic)
        {
            DatasetSplits? all = CifarData.Open(choices.Data, problems);
            return problems.Count == 0 && (choices.Images ?? choices.TestImages) is not null
                ? all?.Limited(train: choices.Images, test: choices.TestImages) : all;
        }
        int images = choices.Images ?? DefaultSynthetic, test = choices.TestImages ?? images / 4;
        return images is < SyntheticData.Smallest or > SyntheticData.Most || test is < 1 or > SyntheticData.Most
            ? null : SyntheticData.Make(train: images, holdOut: images / 5, test: test);
    }
}
