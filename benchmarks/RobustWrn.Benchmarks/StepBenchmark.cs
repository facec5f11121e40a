using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>The steps that training and evaluation are made of, on one network and one batch of 32x32 images.</summary>
internal sealed class StepBenchmark : IDisposable
{
    private const int InnerSteps = 10;

    private readonly Classifier _classifier;
    private readonly KeyValuePair<string, Parameter>[] _parameters;
    private readonly RunningOptimizer _optimizer;
    private readonly Tensor _images, _labels;
    private readonly ThreatModel _threat = ThreatModel.Linf(8, outOf: 255);

    public StepBenchmark(WideResNetSpec spec, int batch)
    {
        _classifier = spec.Build(0);
        _parameters = [.. _classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        _optimizer = new Sgd().Begin(_parameters);
        long[] ids = [.. Enumerable.Range(0, batch).Select(i => (long)i)];
        _images = RandomStream.From(1).Uniform(ids, [3, 32, 32]);
        _labels = tensor(ids.Select(id => id % spec.Classes).ToArray());
        MultiplyAdds = spec.Cost(32, 32).MultiplyAdds;
    }

    /// <summary>Multiply-adds of one image's forward pass.</summary>
    public long MultiplyAdds { get; }

    /// <summary>Runs everything once to warm up, then rounds of everything once, so that a slow moment does not fall on one step alone.</summary>
    public IEnumerable<StepTime> Measure(int rounds)
    {
        // In forward passes: a gradient of the pixels costs one more, gradients of the weights another.
        (string Name, double Passes, Action Run)[] steps =
        [
            ("PGD", 2, Pgd),
            ("Madry", InnerSteps * 2 + 3, () => Train(new Madry { InnerAttack = Madry.DefaultAttack with { Steps = InnerSteps } })),
            ("TRADES", 1 + InnerSteps * 2 + 2 * 3, () => Train(new Trades { InnerAttack = Trades.DefaultAttack with { Steps = InnerSteps } })),
        ];
        List<double>[] seconds = [.. steps.Select(_ => new List<double>())];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                double time = CpuTime.Of(steps[i].Run);
                if (round >= 0)
                    seconds[i].Add(time);
            }
        }
        // Ten steps of PGD are timed together; one is reported.
        return steps.Select((step, i) =>
        {
            double time = CpuTime.Median(seconds[i]) / (step.Name == "PGD" ? InnerSteps : 1);
            return new StepTime(step.Name, time, 2.0 * MultiplyAdds * _images.shape[0] * step.Passes);
        });
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _images.Dispose();
        _labels.Dispose();
        _classifier.Dispose();
    }

    private void Pgd()
    {
        _classifier.eval();
        new Pgd { Steps = InnerSteps }.Perturb(new AttackContext(_classifier, _images, _labels, _threat)).Dispose();
    }

    private void Train(IRobustObjective objective)
    {
        using DisposeScope scope = NewDisposeScope();
        _classifier.train();
        using ObjectiveLoss loss = objective.Evaluate(new ObjectiveContext(_classifier, _images, _labels, _threat));
        Tensor?[] gradients = Gradients.Of(loss.Total, [.. _parameters.Select(pair => pair.Value)]);
        GradientNorm.Clip(gradients, GradientNorm.Of(gradients).Number(), limit: 5);
        _optimizer.Step(gradients, learningRate: 1e-3);
    }
}

/// <summary>The time of one step.</summary>
/// <param name="Name">Which.</param>
/// <param name="Seconds">CPU seconds, the median.</param>
/// <param name="Flops">Floating-point operations of its convolutions and linear layers.</param>
internal readonly record struct StepTime(string Name, double Seconds, double Flops);
