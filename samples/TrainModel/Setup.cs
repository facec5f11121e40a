using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>Everything the command line names, opened and checked.</summary>
public sealed class Setup : IDisposable
{
    public const string DefaultRecipe = "trades", DefaultSpec = "WRN-10-1";

    private const int DefaultSynthetic = 1_500;

    private readonly InMemoryImages? _extra;

    private Setup(TrainingPlan plan, INetworkSpec spec, DatasetSplits data, InMemoryImages? extra) => (Plan, Spec, Data, _extra) = (plan, spec, data, extra);

    public Seed Seed { get; private init; }

    /// <summary>The checkpoint to go on from; null starts anew.</summary>
    public string? Continues { get; private init; }

    public TrainingPlan Plan { get; }

    public INetworkSpec Spec { get; }

    public DatasetSplits Data { get; }

    /// <summary>Opens everything; what is wrong is collected, all of it.</summary>
    /// <returns>Null when something is wrong.</returns>
    public static Setup? From(Choices choices, out IReadOnlyList<string> problems)
    {
        List<string> found = [];
        problems = found;
        found.AddRange(WholeNumber.Within(choices.Epochs, 1, int.MaxValue, "--epochs"));
        found.AddRange(WholeNumber.Within(choices.Images, 1, choices.Data == SyntheticData.Name ? SyntheticData.Most : long.MaxValue, "--images"));
        found.AddRange(WholeNumber.Within(choices.Seed, 0, long.MaxValue, "--seed"));
        found.AddRange(TrainedFolder.Problems(choices.Out));
        if (choices.Weights is { } weights && !File.Exists(weights))
            found.Add($"--weights must name a weights file (safetensors or .pth), but there is no file {weights}.");
        if (choices.Weights is null && choices.WeightsFrom.IsGiven)
            found.Add("--entry, --names and --skip must come with the weights they are about. Add --weights FILE.");
        _ = choices.WeightsFrom.Options(found);
        string? checkpoint = choices.Continue is null ? null : Checkpoint(choices, found);
        CheckpointDescription? begun = checkpoint is null ? null : Begun(checkpoint, found);
        (TrainingPlan? plan, bool published) = begun is not null ? (begun.Plan, false)
            : choices.Continue is null ? NamedPlan.Find(choices.Recipe ?? DefaultRecipe, "--recipe", found) : default;
        Func<int, INetworkSpec>? network = begun is not null ? _ => begun.Network : choices.Continue is null ? Network(choices.Spec ?? DefaultSpec, found) : null;
        if (plan is not null)
            found.AddRange(plan.Problems().Select(problem => $"--recipe: {problem}"));
        DatasetSplits? data = found.Count > 0 ? null : Images(choices, found);
        if (begun is not null && data is not null)
            found.AddRange(GoingOn(begun, data, choices));
        InMemoryImages? extra = data is null || choices.Extra is null ? null : ExtraImages(choices.Extra, data, found);
        if (plan is not null && network is not null && data is not null && found.Count == 0)
        {
            if (extra is not null)
                data = data.WithExtra(extra);
            INetworkSpec spec = network(data.ClassNames.Count);
            // A published plan is made to fit the images; one of the user's own, and one that is gone on with, runs as it is written.
            if (published)
                plan = plan.ScaledTo(choices.Epochs ?? plan.Recipe.Epochs, data.Training.Train.Count);
            else if (begun is null && choices.Epochs is { } epochs)
                plan = plan.ScaledTo(epochs, long.MaxValue);
            else if (choices.Epochs is { } all)
                plan = plan with { Recipe = plan.Recipe with { Epochs = all } };
            found.AddRange(plan.Trainer().Check(spec, data.Training, plan.Threat, new TrainingOptions { InitialWeights = choices.Weights, Continues = checkpoint }).Select(problem => problem.ToString()));
            if (found.Count == 0)
                return new Setup(plan, spec, data, extra) { Seed = begun?.Seed ?? choices.Seed ?? 0, Continues = checkpoint };
        }
        data?.Dispose();
        extra?.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data.Dispose();
        _extra?.Dispose();
    }

    private static string? Checkpoint(Choices choices, List<string> problems)
    {
        foreach ((string option, object? value) in ((string, object?)[])[("--recipe", choices.Recipe), ("--spec", choices.Spec), ("--seed", choices.Seed), ("--weights", choices.Weights)])
        {
            if (value is not null)
                problems.Add($"{option} must be left out beside --continue, which goes on by the recipe, network, seed and weights of the training before, got {value}.");
        }
        if (choices.Epochs is null)
            problems.Add("--epochs must say how many epochs the training shall have in all, those before included, beside --continue.");
        string path = choices.Continue!, inside = Path.Combine(path, "checkpoints");
        if (File.Exists(path))
            return path;
        string folder = Directory.Exists(inside) ? inside : path;
        string? newest = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "checkpoint-*.safetensors").Max(StringComparer.Ordinal) : null;
        if (newest is null)
            problems.Add($"--continue must be the --out folder of a training, or one of its checkpoints, but there is none in {path}.");
        return newest;
    }

    private static CheckpointDescription? Begun(string checkpoint, List<string> problems)
    {
        try
        {
            return CheckpointDescription.Read(checkpoint);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or CheckpointRefusedException)
        {
            problems.Add($"--continue: {e.Message}");
            return null;
        }
    }

    private static IEnumerable<string> GoingOn(CheckpointDescription begun, DatasetSplits data, Choices choices)
    {
        if (choices.Epochs <= begun.Epochs.Count)
            yield return $"--epochs must be more than the {begun.Epochs.Count} of the training before, which count among them, got {choices.Epochs}.";
        if ((begun.TrainingImages, begun.ValidationImages) != (data.Training.Train.Fingerprint, data.Training.Validation.Fingerprint))
            yield return "--data and --images must give the images of the training before, beside --continue, but they give others. To train on them from its weights, use --weights.";
    }

    private static InMemoryImages? ExtraImages(string path, DatasetSplits data, List<string> problems)
    {
        InMemoryImages? extra = null;
        try
        {
            extra = Path.GetExtension(path) == ".npz" ? NpzImages.Read(path, data.ClassNames) : PickledImages.Read(path, data.ClassNames);
            _ = data.WithExtra(extra);
            return extra;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidDescriptionException)
        {
            extra?.Dispose();
            problems.Add($"--extra must be a file of images (.npz or .pickle) that fit those of --data: {e.Message}");
            return null;
        }
    }

    private static DatasetSplits? Images(Choices choices, List<string> problems)
    {
        if (choices.Data == SyntheticData.Name)
        {
            int images = (int)(choices.Images ?? DefaultSynthetic);
            return SyntheticData.Make(train: images, holdOut: Math.Max(10, images / 5), test: 10);
        }
        DatasetSplits? all = CifarData.Open(choices.Data, problems);
        return choices.Images is { } count ? all?.Limited(train: count) : all;
    }

    // A name gets the classes of the images; a file says its own.
    private static Func<int, INetworkSpec>? Network(string name, List<string> problems) =>
        NamedNetwork.Find(name, "--spec", problems) is not { } spec ? null
        : NamedNetwork.IsFile(name) ? _ => spec
        : classes => NamedNetwork.WithClasses(spec, classes);
}
