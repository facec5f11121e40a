using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>
/// The guards around somebody else's model: the copy of each batch that it gets, as a share of a gradient step, and the hold on its parts,
/// once an attack.
/// </summary>
internal sealed class GuardBenchmark : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly Tensor _images, _labels;

    public GuardBenchmark(nn.Module<Tensor, Tensor> model, int batch, int channels, int side)
    {
        _model = model;
        _model.eval();
        foreach (Tensor parameter in _model.parameters())
            parameter.requires_grad_(false);
        _images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [channels, side, side]);
        using IDisposable guard = no_grad();
        using Tensor logits = _model.call(_images);
        _labels = logits.argmax(1);
    }

    /// <summary>Modules, parameters and buffers that a hold is taken on.</summary>
    public int Parts => 1 + _model.modules().Count() + _model.parameters().Count() + _model.buffers().Count();

    /// <summary>
    /// CPU time of a gradient step, the least of all rounds: without the copy and with it; and the median of what it adds.
    /// </summary>
    public (double Without, double With, double Added) Copy(int rounds, int steps)
    {
        List<(double Without, double With)> pairs = [];
        for (int round = -1; round < rounds; round++)
        {
            // In turns, and each first as often as the other.
            bool first = round % 2 == 0;
            double one = CpuTime.Of(() => Steps(steps, first)) / steps, other = CpuTime.Of(() => Steps(steps, !first)) / steps;
            if (round >= 0)
                pairs.Add(first ? (other, one) : (one, other));
        }
        return (pairs.Min(pair => pair.Without), pairs.Min(pair => pair.With),
            CpuTime.Median(pairs.Select(pair => pair.With - pair.Without)));
    }

    /// <summary>
    /// CPU time of taking a hold and giving it back, and of opening and closing an attack, which takes one: the least of all rounds.
    /// </summary>
    public (double Hold, double Opening) Hold(int rounds, int times)
    {
        AttackContext context = new(_model, _images, _labels, ThreatModel.Linf(8, outOf: 255));
        List<(double Hold, double Opening)> measured = [];
        for (int round = -1; round < rounds; round++)
        {
            double hold = CpuTime.Of(() => Repeat(times, () => new ModelHold(_model, "is measured").Dispose())) / times;
            double opening = CpuTime.Of(() => Repeat(times, () => new AttackedModel(context).Dispose())) / times;
            if (round >= 0)
                measured.Add((hold, opening));
        }
        return (measured.Min(pair => pair.Hold), measured.Min(pair => pair.Opening));
    }

    public void Dispose()
    {
        _images.Dispose();
        _labels.Dispose();
        _model.Dispose();
    }

    private static void Repeat(int times, Action action)
    {
        for (int i = 0; i < times; i++)
            action();
    }

    // What AttackedModel does around a model, without the library and with or without its copy.
    private void Steps(int steps, bool copies)
    {
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            Tensor leaf = _images.detach().requires_grad_();
            Tensor logits = _model.call(copies ? leaf.clone() : leaf);
            nn.functional.cross_entropy(logits, _labels, reduction: nn.Reduction.Sum).backward();
            leaf.grad!.Dispose();
        }
    }
}
