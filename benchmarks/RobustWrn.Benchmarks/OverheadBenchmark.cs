using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>An attack beside the passes through the network that it asks for and nothing else: what its own work adds.</summary>
internal sealed class OverheadBenchmark : IDisposable
{
    private readonly Classifier _classifier;
    private readonly FrozenNetwork _view;
    private readonly AttackContext _context;

    public OverheadBenchmark(WideResNetSpec spec, int batch)
    {
        using IDisposable guard = no_grad();
        _classifier = spec.Build(0);
        _classifier.eval();
        _view = _classifier.Freeze()!;
        Tensor images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [3, 32, 32]);
        using Tensor logits = _classifier.call(images);
        // So small a radius that no image falls: every step is one of all images, as for what stands to the end.
        _context = new AttackContext(_classifier, images, logits.argmax(1), ThreatModel.Linf(1e-6));
    }

    /// <summary>Square: a forward pass for each query, and one for the unchanged images.</summary>
    public (double Median, double Lowest, double Highest) Square(int rounds, int queries = 100) =>
        CpuTime.Ratio(rounds, () => new Square { Queries = queries }.Perturb(_context).Dispose(), () => Passes(queries + 1, gradients: 0));

    /// <summary>FAB-T: a gradient and a forward pass for each step.</summary>
    public (double Median, double Lowest, double Highest) Fab(int rounds, int steps = 10) =>
        CpuTime.Ratio(rounds, () => new TargetedFab { Steps = steps, TargetClasses = 1 }.Perturb(_context).Dispose(), () => Passes(steps + 1, steps));

    public void Dispose()
    {
        _view.Dispose();
        _classifier.Dispose();
        _context.Images.Dispose();
        _context.Labels.Dispose();
    }

    private void Passes(int forward, int gradients)
    {
        using IDisposable guard = no_grad();
        for (int pass = 0; pass < forward; pass++)
            _view.Logits(_context.Images).Dispose();
        if (gradients == 0)
            return;
        using AttackedModel model = new(_classifier);
        AttackGoal goal = new(_context.Labels);
        for (int pass = 0; pass < gradients; pass++)
            model.Gradient(_context.Images, new Margin(), goal).Dispose();
    }
}
