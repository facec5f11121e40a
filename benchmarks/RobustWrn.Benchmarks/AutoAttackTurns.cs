using System.Text.Json;
using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>
/// Our side of benchmarks/autoattack/side_by_side.py: reads the name of an attack, runs it on what the ones before left right, and answers with CPU seconds and what it left.
/// </summary>
internal sealed class AutoAttackTurns : IDisposable
{
    private static readonly string[] Names = ["apgd-ce", "apgd-t", "fab-t", "square"];

    private readonly Classifier _classifier;
    private readonly InMemoryImages _images;
    private readonly EvaluationOptions _options;
    private long[] _left = [];

    /// <param name="vectors">The safetensors file with the reference network (model.*) and its images.</param>
    /// <param name="search">What attacks compute in: float32 or bfloat16.</param>
    public AutoAttackTurns(string vectors, string search)
    {
        _options = new EvaluationOptions { Audit = null, BlockSize = 200, SearchesInBFloat16 = search == "bfloat16" };
        using NamedTensors tensors = Safetensors.Read(vectors);
        _classifier = WideResNetSpec.Of(16, [1, 1, 1], [32, 64, 48]).Build(0);
        using (no_grad())
        {
            foreach ((string name, Tensor weight) in _classifier.state_dict())
                weight.copy_(tensors[name.Replace("network.", "model.", StringComparison.Ordinal)]);
        }
        _images = InMemoryImages.From(tensors["in.images_u8"], tensors["in.y"]);
        Begin();
    }

    public void Answer(TextReader input, TextWriter output)
    {
        while (input.ReadLine() is { } name)
        {
            double seconds = 0;
            if (name == "begin")
                Begin();
            else
                seconds = CpuTime.Of(() => Run(AttackSuite.AutoAttack.Attacks[Array.IndexOf(Names, name)]));
            output.WriteLine(JsonSerializer.Serialize(new { seconds, left = _left }));
            output.Flush();
        }
    }

    public void Dispose()
    {
        _classifier.Dispose();
        _images.Dispose();
    }

    // Noise that moves no image leaves those that are right unchanged.
    private void Begin()
    {
        _left = [.. Enumerable.Range(0, (int)_images.Count).Select(i => (long)i)];
        Run(new RandomNoise { Draws = 1, Source = new CleanStart() });
    }

    private void Run(IAttack attack)
    {
        RobustnessResult result = RobustnessEvaluation.Run(_classifier, new SubsetImages(_images, _left), ThreatModel.Linf(8, outOf: 255), AttackSuite.Of(attack.Name, attack), _options);
        _left = [.. result.Examples.Where(example => example.Robust).Select(example => example.Index)];
    }
}
