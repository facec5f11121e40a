using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>FAB-T beside the passes it asks for and nothing else, a gradient and a forward pass for each step: what moves onto hyperplanes and bookkeeping add.</summary>
internal sealed class FabBenchmark : IDisposable
{
    private const int Steps = 10;

    private readonly Classifier _classifier;
    private readonly FrozenNetwork _view;
    private readonly AttackContext _context;

    public FabBenchmark(WideResNetSpec spec, int batch)
    {
        using IDisposable guard = no_grad();
        _classifier = spec.Build(0);
        _classifier.eval();
        _view = _classifier.Freeze()!;
        Tensor images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [3, 32, 32]);
        using Tensor logits = _classifier.call(images);
        // So small a radius that no image falls: every step is one of all images, as for what stands to the end.
        _context = new AttackContext(_classifier, images, logits.argmax(1), ThreatModel.Linf(1e-9));
    }

    /// <summary>The median ratio, time of the attack over time of its passes, with the lowest and the highest of the rounds.</summary>
    public (double Median, double Lowest, double Highest) Ratio(int rounds)
    {
        List<double> ratios = [];
        for (int round = -1; round < rounds; round++)
        {
            double attack = CpuTime.Of(() => new TargetedFab { Steps = Steps, TargetClasses = 1 }.Perturb(_context).Dispose()), passes = CpuTime.Of(Passes);
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
        using AttackedModel model = new(_classifier);
        AttackGoal goal = new(_context.Labels);
        using IDisposable guard = no_grad();
        model.Logits(_context.Images).Dispose();
        for (int step = 0; step < Steps; step++)
        {
            model.Gradient(_context.Images, new Margin(), goal).Dispose();
            _view.Logits(_context.Images).Dispose();
        }
    }
}
