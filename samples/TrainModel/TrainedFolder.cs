using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>
/// What a training leaves behind: <c>plan.json</c>, <c>spec.json</c>, <c>metrics.csv</c>, <c>checkpoints/</c>, and at the end the
/// weights under the published names.
/// </summary>
public sealed class TrainedFolder : IDisposable
{
    private readonly string _path;
    private readonly FolderLock _lock;

    private TrainedFolder(string path, FolderLock @lock) => (_path, _lock) = (path, @lock);

    public string Checkpoints => In("checkpoints");

    /// <summary>What cannot be written in a folder, which need not be there yet.</summary>
    public static IEnumerable<string> Problems(string path)
    {
        Problem[] folder = [.. OutputPlace.OfFolder(path, "--out")];
        if (folder.Length > 0)
            return folder.Select(CommandLine.Text);
        string[] files = ["plan.json", "spec.json", "metrics.csv", .. Enum.GetValues<TrainedWeights>().Select(FileOf)];
        return files.SelectMany(name => OutputPlace.OfFile(Path.Combine(path, name), "--out"))
            .Concat(OutputPlace.OfFolder(Path.Combine(path, "checkpoints"), "--out")).Select(CommandLine.Text);
    }

    /// <summary>Takes the folder as long as the training runs.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static TrainedFolder Take(string path) => new(path, FolderLock.Take(path));

    /// <summary>Writes what is known before the training. A folder of another training stays as it is.</summary>
    /// <returns>What is wrong; null when all is well.</returns>
    public string? Begin(Setup setup) => Wrong("plan.json", setup.Plan) ?? Wrong("spec.json", setup.Spec);

    /// <summary>Writes the weights of the best and of the last epoch, and of the averages where there are some.</summary>
    /// <returns>The files.</returns>
    public IReadOnlyList<string> End(Classifier classifier, TrainingResult result)
    {
        TrainedWeights[] kept = result.BestAverage is null ? [TrainedWeights.Best, TrainedWeights.Last] : Enum.GetValues<TrainedWeights>();
        foreach (TrainedWeights which in kept)
        {
            CheckpointWeights.Load(classifier, result.Checkpoint!, which);
            NetworkWeights.Save(classifier, In(FileOf(which)));
        }
        return [.. kept.Select(which => In(FileOf(which)))];
    }

    /// <summary>Lets others in.</summary>
    public void Dispose() => _lock.Dispose();

    private string? Wrong<T>(string name, T description)
        where T : IDescription
    {
        string file = In(name);
        if (!File.Exists(file))
            AtomicFile.WriteText(file, DescriptionJson.Write(description) + "\n");
        else if (!Says(file, description))
            return $"--out must be empty or belong to this training, but {file} is of another. "
                + $"Choose another folder, or give {file} with its own settings.";
        return null;
    }

    // By what it says: a file that an earlier version wrote may say it otherwise.
    private static bool Says<T>(string file, T description)
        where T : IDescription
    {
        try
        {
            return description.Equals(DescriptionJson.Read<T>(File.ReadAllText(file), file));
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static string FileOf(TrainedWeights which) => which switch
    {
        TrainedWeights.Best => "best.safetensors",
        TrainedWeights.Last => "last.safetensors",
        TrainedWeights.BestAverage => "best-average.safetensors",
        _ => "last-average.safetensors",
    };

    private string In(string name) => Path.Combine(_path, name);
}
