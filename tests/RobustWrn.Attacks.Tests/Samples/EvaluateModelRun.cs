using EvaluateModel;
using RobustWrn.Core;
using TorchSharp;

namespace RobustWrn.Attacks.Tests;

/// <summary>A folder with images and the weights of a small network, and samples/EvaluateModel run on them.</summary>
public abstract class EvaluateModelRun : IDisposable
{
    protected const int Records = 12;

    private readonly DisposeScope _scope = torch.NewDisposeScope();

    protected EvaluateModelRun()
    {
        RandomSequence draws = RandomStream.From(8).Sequence();
        byte[] images = new byte[Records * 3073];
        for (int i = 0; i < images.Length; i++)
            images[i] = (byte)draws.NextInt(i % 3073 == 0 ? 10 : 256);
        File.WriteAllBytes(Path.Combine(Folder, "test_batch.bin"), images);
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
        NetworkWeights.Save(network, Weights);
        File.WriteAllText(Path.Combine(Folder, "spec.json"), DescriptionJson.Write(network.Spec));
    }

    protected string Folder { get; } = TestFolder.Make();

    protected StringWriter Output { get; } = new();

    protected StringWriter Error { get; } = new();

    protected string Weights => Path.Combine(Folder, "weights.safetensors");

    protected string Result => Path.Combine(Folder, "results", "result.json");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs with the images and weights of this test unless the arguments name others.</summary>
    protected Task<int> Run(params string[] arguments)
    {
        List<string> all = [.. arguments];
        if (!all.Contains("--data"))
            all.AddRange(["--data", Folder]);
        if (!all.Contains("--weights"))
            all.AddRange(["--weights", Weights]);
        return EvaluateCommand.RunAsync([.. all], Output, Error);
    }
}
