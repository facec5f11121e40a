using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Audit;

/// <summary>A small network and images whose labels are what it sees in them, so that it is right and falls to attacks; sound, or with one fault.</summary>
internal sealed class AuditedNetwork : IDisposable
{
    private static readonly Dictionary<string, Func<AuditedNetwork, Tensor, Tensor>> Faulty = new()
    {
        ["rounds its input"] = (self, images) => self._network.call(images.Times(8.0).round().Over(8)),
        ["returns probabilities"] = (self, images) => nn.functional.softmax(self._network.call(images), 1),
        ["is noisy"] = (self, images) => self._network.call(images).Plus(RandomStream.From(self._calls++).Normal([.. Enumerable.Range(0, (int)images.shape[0]).Select(i => (long)i)], [2]).Times(0.05)),
        ["saturates"] = (self, images) => self._network.call(images).Times(1e6),
        ["looks at the batch"] = (self, images) => { Tensor logits = self._network.call(images); return logits - logits.mean([0]); },
    };

    private readonly Classifier _network;
    private readonly ContractBatch _batch;
    private readonly Tensor _labels;
    private readonly ThreatModel _threat;
    private readonly nn.Module<Tensor, Tensor> _model;
    private long _calls;

    public AuditedNetwork(int count, ThreatModel threat, string? fault = null)
    {
        _threat = threat;
        _network = (WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [6, 8]) with { Classes = 2 }).Build(2);
        _network.eval();
        _batch = new ContractBatch(count);
        using IDisposable guard = no_grad();
        using Tensor logits = _network.call(_batch.Images);
        _labels = logits.argmax(1).DetachFromDisposeScope();
        _model = fault is null ? _network : new Function(images => Faulty[fault](this, images));
    }

    public static IEnumerable<string> Faults => Faulty.Keys;

    /// <summary>Lets a noisy model draw from the start.</summary>
    public void BeginAnew() => _calls = 0;

    public AuditReport Audit(IAuditCheck check, double share = 1, CancellationTokenSource? cancellation = null)
    {
        // Steepest steps in L1 move one pixel: PGD alone leaves there what others find, and checks say so.
        AttackSuite suite = _threat is L1Threat ? AttackSuite.Of("both", new Pgd { Steps = 10 }, new Apgd { Steps = 20 }) : AttackSuite.Of("PGD-20", new Pgd());
        using DisposeScope scope = NewDisposeScope();
        EvaluationOptions options = new() { BlockSize = 48, Surrogate = _network, Audit = new EvaluationAudit { Checks = [check], Share = share } };
        return RobustnessEvaluation.Run(_model, new BatchSource(_batch, _labels), _threat, suite, options, new Told(progress =>
        {
            if (progress.Done == progress.Total)
                cancellation?.Cancel();
        }), cancellation?.Token ?? default).Audit!;
    }

    public void Dispose()
    {
        _network.Dispose();
        _batch.Dispose();
        _labels.Dispose();
    }

    private sealed class Function(Func<Tensor, Tensor> function) : nn.Module<Tensor, Tensor>(nameof(Function))
    {
        public override Tensor forward(Tensor input) => function(input);
    }

    private sealed class Told(Action<EvaluationProgress> action) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => action(value);
    }
}
