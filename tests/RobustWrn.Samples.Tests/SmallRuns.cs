using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Samples.Tests;

/// <summary>A folder with small networks, and the arguments of runs of a few seconds that record what they do.</summary>
internal sealed class SmallRuns : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public string In(string name) => Path.Combine(_folder, name);

    /// <summary>A run of a sample that leaves its work in a folder.</summary>
    /// <param name="sample">Its name.</param>
    /// <param name="run">The folder.</param>
    /// <returns>The arguments, and a line that comes once something is recorded.</returns>
    public (string[] Arguments, string Begun) Of(string sample, string run) => sample switch
    {
        "QuickStart" => (["--images", "40", "--epochs", "1", "--trials", "2", "--seed", "9", "--out", In(run)], "validation: robust"),
        "SearchArchitecture" => (["--images", "40", "--epochs", "1", "--trials", "2", "--seed", "9", "--attack", "fgsm", "--out", In(run)],
            "validation: robust"),
        "TrainModel" => (["--spec", Spec(), "--recipe", Plan(), "--images", "160", "--seed", "3", "--out", In(run)], "epoch 1 of 6"),
        "EvaluateModel" => (["--weights", Weights(), "--data", "synthetic", "--examples", "12",
            "--attack", "apgd-ce,apgd-t,fab-t,noise", "--steps", "30", "--eps", "0.002", "--batch", "3", "--journal", In(run), "--out", In($"{run}.json")], "(1 of 4)"),
        _ => throw new ArgumentException($"{sample} keeps nothing.", nameof(sample)),
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Weights of an untrained network, with its spec in them.</summary>
    public string Weights()
    {
        string file = In("weights.safetensors");
        if (!File.Exists(file))
        {
            using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
            NetworkWeights.Save(network, file);
        }
        return file;
    }

    private string Spec() => Written("tiny.json", WideResNetSpec.Of(8, [1], [8]) with { Stem = new StemSpec { Width = 8, Stride = 2 } });

    private string Plan() => Written("plan.json", new TrainingPlan
    {
        Objective = new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 2 } },
        Recipe = new TrainingRecipe { Epochs = 6, BatchSize = 32 },
    });

    private string Written(string name, IDescription description)
    {
        File.WriteAllText(In(name), DescriptionJson.Write(description));
        return In(name);
    }
}
