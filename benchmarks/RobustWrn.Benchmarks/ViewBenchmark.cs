using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>An attack on a network and on the same network wrapped, so that it cannot be frozen: what the frozen view brings, as a ratio of times taken side by side.</summary>
internal sealed class ViewBenchmark : IDisposable
{
    private const int Steps = 10;

    private readonly Classifier _classifier;
    private readonly Wrapper _wrapped;
    private readonly AttackContext _context;

    public ViewBenchmark(WideResNetSpec spec, int batch)
    {
        _classifier = spec.Build(0);
        _wrapped = new Wrapper(_classifier);
        Tensor images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [3, 32, 32]);
        Tensor labels = tensor(Enumerable.Range(0, batch).Select(i => (long)i % spec.Classes).ToArray());
        _context = new AttackContext(_classifier, images, labels, ThreatModel.Linf(8, outOf: 255));
    }

    /// <summary>The median ratio, time on the module over time on the view, with the lowest and the highest of the rounds.</summary>
    public (double Median, double Lowest, double Highest) Ratio(int rounds) => CpuTime.Ratio(rounds, () => Attack(_wrapped), () => Attack(_classifier));

    public void Dispose()
    {
        _wrapped.Dispose();
        _classifier.Dispose();
        _context.Images.Dispose();
        _context.Labels.Dispose();
    }

    private void Attack(nn.Module<Tensor, Tensor> model) => new Pgd { Steps = Steps }.Perturb(_context with { Model = model }, CancellationToken.None).Dispose();

    private sealed class Wrapper : nn.Module<Tensor, Tensor>
    {
        private readonly Classifier _classifier;

        public Wrapper(Classifier classifier)
            : base(nameof(Wrapper))
        {
            _classifier = classifier;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _classifier.call(input);
    }
}
