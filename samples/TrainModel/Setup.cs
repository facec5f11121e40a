using System.Text.RegularExpressions;
using RobustWrn.Core;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>Everything the command line names, opened and checked.</summary>
public sealed partial class Setup : IDisposable
{
    private const int SyntheticImages = 1_500, HeldOut = 1_000;

    private readonly InMemoryImages? _extra;

    private Setup(TrainingPlan plan, INetworkSpec spec, DatasetSplits data, InMemoryImages? extra) => (Plan, Spec, Data, _extra) = (plan, spec, data, extra);

    public TrainingPlan Plan { get; }

    public INetworkSpec Spec { get; }

    public DatasetSplits Data { get; }

    /// <summary>Opens everything; what is wrong is collected, all of it.</summary>
    /// <returns>Null when something is wrong.</returns>
    public static Setup? From(Choices choices, out IReadOnlyList<string> problems)
    {
        List<string> found = [];
        problems = found;
        if (choices.Epochs < 1)
            found.Add($"--epochs must be at least 1, got {choices.Epochs}.");
        if (choices.Images < 1)
            found.Add($"--images must be at least 1, got {choices.Images}.");
        if (File.Exists(choices.Out))
            found.Add($"--out must name a folder, but {choices.Out} is a file. Choose another place.");
        TrainingPlan? plan = PublishedPlans.Find(choices.Recipe)?.Plan
            ?? Read<TrainingPlan>(choices.Recipe, "--recipe", $"one of {string.Join(", ", PublishedPlans.All.Select(known => known.Name))}", found);
        INetworkSpec? spec = Network(choices.Spec, found);
        DatasetSplits? data = found.Count > 0 ? null : Images(choices, found);
        InMemoryImages? extra = data is null || choices.Extra is null ? null : ExtraImages(choices.Extra, data, found);
        if (plan is not null && spec is not null && data is not null && found.Count == 0)
        {
            if (extra is not null)
                data = data.WithExtra(extra);
            plan = plan.ScaledTo(choices.Epochs ?? plan.Recipe.Epochs, data.Training.Train.Count);
            found.AddRange(plan.Trainer().Check(spec, data.Training, plan.Threat).Select(problem => problem.ToString()));
            if (found.Count == 0)
                return new Setup(plan, spec, data, extra);
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
        if (choices.Data == "synthetic")
        {
            int images = (int)Math.Min(choices.Images ?? SyntheticImages, int.MaxValue / 4);
            return new SyntheticImages().Make(train: images, holdOut: Math.Max(10, images / 5), test: 10, seed: 2026);
        }
        try
        {
            bool hundred = File.Exists(Path.Combine(choices.Data, "train.bin")) || Directory.Exists(Path.Combine(choices.Data, "cifar-100-binary"));
            DatasetSplits all = hundred ? Cifar100.From(choices.Data, HeldOut) : Cifar10.From(choices.Data, HeldOut);
            return choices.Images is { } count ? all.Limited(train: count) : all;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidDescriptionException)
        {
            problems.Add($"--data must be synthetic or a folder of CIFAR-10 or CIFAR-100 in its binary layout: {e.Message}");
            return null;
        }
    }

    private static INetworkSpec? Network(string name, List<string> problems)
    {
        if (NetworkPresets.Find(name) is { } preset)
            return preset.Spec;
        if (!Wrn().IsMatch(name))
            return Read<INetworkSpec>(name, "--spec", $"WRN-depth-widen or one of {string.Join(", ", NetworkPresets.All.Select(known => known.Name))}", problems);
        try
        {
            string[] numbers = name.Split('-');
            return WideResNetSpec.Wrn(int.Parse(numbers[1], System.Globalization.CultureInfo.InvariantCulture), int.Parse(numbers[2], System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (ArgumentOutOfRangeException e)
        {
            problems.Add($"--spec {name}: {e.Message}");
            return null;
        }
    }

    private static T? Read<T>(string path, string option, string known, List<string> problems)
        where T : class, IDescription
    {
        if (!File.Exists(path))
        {
            problems.Add($"{option} must be {known}, or a JSON file, got {path}, which is none of them.");
            return null;
        }
        try
        {
            return DescriptionJson.Read<T>(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"{option}: {e.Message}");
            return null;
        }
    }

    [GeneratedRegex(@"^WRN-\d{1,4}-\d{1,4}$", RegexOptions.IgnoreCase)]
    private static partial Regex Wrn();
}
