using RobustWrn.Core;
using RobustWrn.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Optimizers;

/// <summary>Gradient descent with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenOptimizer(string Fault, string Clause) : IOptimizer
{
    public static IReadOnlyList<BrokenOptimizer> All { get; } =
    [
        new("climbs", "goes downhill"),
        new("moves all", "leaves what has no gradient alone"),
        new("forgets its steps", "goes on from what it saved"),
        new("remembers more than it says", "remembers what it says"),
        new("promises a momentum", "takes a momentum if it says so"),
        new("has a step of its own", "stands still at a rate of 0"),
        new("keeps a tensor", "releases its tensors"),
        new("has no name in files", "describes itself"),
    ];

    public int RememberedPerParameter => 0;

    public bool TakesMomentum => Fault == "promises a momentum";

    public RunningOptimizer Begin(IReadOnlyList<KeyValuePair<string, Parameter>> parameters) => new Running(Fault, parameters);

    public IEnumerable<Problem> Problems() => [];

    private sealed class Running(string fault, IReadOnlyList<KeyValuePair<string, Parameter>> parameters) : RunningOptimizer(parameters)
    {
        private readonly Tensor[] _kept = fault == "remembers more than it says" ? [zeros(100).DetachFromDisposeScope()] : [];
        private int _steps;

        public override IEnumerable<KeyValuePair<string, Tensor>> Saved =>
            _kept.Select((tensor, i) => KeyValuePair.Create($"kept.{i}", tensor));

        public override void Step(IReadOnlyList<Tensor?> gradients, double learningRate)
        {
            using IDisposable guard = no_grad();
            using DisposeScope scope = NewDisposeScope();
            _steps++;
            double rate = fault switch
            {
                "climbs" => -learningRate,
                "forgets its steps" => learningRate / _steps,
                "has a step of its own" => learningRate + 0.1,
                _ => learningRate,
            };
            for (int i = 0; i < gradients.Count; i++)
            {
                Tensor? direction = gradients[i] ?? (fault == "moves all" ? ones_like(Parameters[i].Value) : null);
                if (direction is not null)
                    Parameters[i].Value.PlusInPlace(direction.Times(-rate));
            }
            if (fault == "keeps a tensor")
                ones(1).DetachFromDisposeScope();
        }
    }
}
