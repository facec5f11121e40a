using RobustWrn.Core;
using RobustWrn.Training;

namespace TrainModel;

/// <summary>What a training leaves behind: <c>plan.json</c>, <c>spec.json</c>, <c>metrics.csv</c>, <c>checkpoints/</c>, and at the end the weights under the published names.</summary>
public sealed class TrainedFolder(string path)
{
    public string Checkpoints => Path.Combine(path, "checkpoints");

    /// <summary>Writes what is known before the training. A folder of another training stays as it is.</summary>
    /// <returns>What is wrong; null when all is well.</returns>
    public string? Begin(Setup setup)
    {
        Directory.CreateDirectory(path);
        return Wrong("plan.json", setup.Plan) ?? Wrong("spec.json", setup.Spec);
    }

    /// <summary>Writes the weights of the best and of the last epoch, and of the averages where there are some.</summary>
    /// <returns>The files.</returns>
    public IReadOnlyList<string> End(Classifier classifier, TrainingResult result)
    {
        List<(string Name, TrainedWeights Which)> files = [("best", TrainedWeights.Best), ("last", TrainedWeights.Last)];
        if (result.BestAverage is not null)
            files.AddRange([("best-average", TrainedWeights.BestAverage), ("last-average", TrainedWeights.LastAverage)]);
        foreach ((string name, TrainedWeights which) in files)
        {
            CheckpointWeights.Load(classifier, result.Checkpoint!, which);
            NetworkWeights.Save(classifier, In($"{name}.safetensors"));
        }
        return [.. files.Select(file => In($"{file.Name}.safetensors"))];
    }

    private string? Wrong(string name, IDescription description)
    {
        string file = In(name), text = DescriptionJson.Write(description) + "\n";
        if (!File.Exists(file))
            AtomicFile.WriteText(file, text);
        else if (File.ReadAllText(file) != text)
            return $"--out must be empty or belong to this training, but {file} is of another. Choose another folder, or give {file} with its own settings.";
        return null;
    }

    private string In(string name) => Path.Combine(path, name);
}
