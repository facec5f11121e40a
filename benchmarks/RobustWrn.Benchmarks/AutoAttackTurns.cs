using System.Text.Json;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>
/// Our side of benchmarks/autoattack/side_by_side.py: reads the name of an attack, runs it on what the ones before left right, and answers with CPU seconds and what it left.
/// </summary>
internal sealed class AutoAttackTurns : IDisposable
{
    private static readonly string[] Names = ["apgd-ce", "apgd-t", "fab-t", "square"];

    private readonly Classifier _classifier;
    private readonly Tensor _images, _labels;
    private long[] _left = [];

    /// <param name="vectors">The safetensors file with the reference network (model.*) and its images.</param>
    public AutoAttackTurns(string vectors)
    {
        using NamedTensors tensors = Safetensors.Read(vectors);
        _classifier = WideResNetSpec.Of(16, [1, 1, 1], [32, 64, 48]).Build(0);
        using (no_grad())
        {
            foreach ((string name, Tensor weight) in _classifier.state_dict())
                weight.copy_(tensors[name.Replace("network.", "model.", StringComparison.Ordinal)]);
            _images = tensors["in.images_u8"].to(ScalarType.Float32).Over(255);
        }
        _labels = tensors["in.y"].clone();
        _classifier.eval();
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
                seconds = Run(name);
            output.WriteLine(JsonSerializer.Serialize(new { seconds, left = _left }));
            output.Flush();
        }
    }

    public void Dispose()
    {
        _classifier.Dispose();
        _images.Dispose();
        _labels.Dispose();
    }

    private void Begin()
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _left = _classifier.call(_images).argmax(1).eq(_labels).nonzero().flatten().data<long>().ToArray();
    }

    private double Run(string name)
    {
        IAttack attack = AttackSuite.AutoAttack.Attacks[Array.IndexOf(Names, name)];
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(_left), images = _images.index_select(0, rows), labels = _labels.index_select(0, rows);
        bool[] right = [];
        double seconds = CpuTime.Of(() =>
        {
            AttackContext context = new(_classifier, images, labels, ThreatModel.Linf(8, outOf: 255)) { Examples = _left.ToValueList() };
            Tensor found = attack.Perturb(context);
            using AttackedModel model = new(_classifier);
            right = model.Logits(found).argmax(1).eq(labels).data<bool>().ToArray();
        });
        _left = [.. _left.Where((_, i) => right[i])];
        return seconds;
    }
}
