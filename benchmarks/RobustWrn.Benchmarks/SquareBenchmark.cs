using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>The Square attack beside the forward passes it asks for and nothing else: what drawing, writing and weighing windows adds.</summary>
internal sealed class SquareBenchmark : IDisposable
{
    private const int Queries = 100;

    private readonly Classifier _classifier;
    private readonly FrozenNetwork _view;
    private readonly AttackContext _context;

    public SquareBenchmark(WideResNetSpec spec, int batch)
    {
        using IDisposable guard = no_grad();
        _classifier = spec.Build(0);
        _classifier.eval();
        _view = _classifier.Freeze()!;
        Tensor images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [3, 32, 32]);
        using Tensor logits = _classifier.call(images);
        // So small a radius that no image falls: every query asks about all.
        _context = new AttackContext(_classifier, images, logits.argmax(1), ThreatModel.Linf(1e-6));
    }

    /// <summary>The median ratio, time of the attack over time of its passes, with the lowest and the highest of the rounds.</summary>
    public (double Median, double Lowest, double Highest) Ratio(int rounds)
    {
        List<double> ratios = [];
        for (int round = -1; round < rounds; round++)
        {
            double attack = CpuTime.Of(() => new Square { Queries = Queries }.Perturb(_context).Dispose()), passes = CpuTime.Of(Passes);
            if (round >= 0)
                ratios.Add(attack / passes);
        }
        return (CpuTime.Median(ratios), ratios.Min(), ratios.Max());
    }

    public void Dispose()
    {
        _view.Dispose();
        _classifier.Dispose();
        _context.Images.Dispose();
        _context.Labels.Dispose();
    }

    private void Passes()
    {
        using IDisposable guard = no_grad();
        for (int query = 0; query <= Queries; query++)
            _view.Logits(_context.Images).Dispose();
    }
}
