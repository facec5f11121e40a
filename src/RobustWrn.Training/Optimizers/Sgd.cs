using System.Text.Json.Serialization;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Stochastic gradient descent with momentum (Sutskever et al. 2013), computed as PyTorch's SGD without dampening does.</summary>
public sealed record Sgd : IOptimizer
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "sgd";

    /// <summary>Momentum, in [0, 1). Default 0.9 (Huang et al. 2021).</summary>
    public double Momentum { get; init; } = 0.9;

    /// <summary>Looks ahead along the momentum (Nesterov). Default: no (Huang et al. 2021).</summary>
    public bool Nesterov { get; init; }

    /// <summary>
    /// Added to each gradient times its parameter. Default 2e-4 (Huang et al. 2021); Pang et al. 2021 (arXiv 2010.00467) advise 5e-4.
    /// </summary>
    public double WeightDecay { get; init; } = 2e-4;

    /// <summary>The parameters that decay. Default: all (Huang et al. 2021).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // files from before it was there mean the same
    public DecayedParameters Decayed { get; init; }

    /// <inheritdoc/>
    public int RememberedPerParameter => Momentum == 0 ? 0 : 1;

    /// <inheritdoc/>
    public bool TakesMomentum => Momentum > 0;

    /// <inheritdoc/>
    public RunningOptimizer Begin(IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
    {
        this.ThrowIfInvalid();
        return new State(this, parameters);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.InHalfOpen(Momentum, 0, 1), .. Rule.NotNegative(WeightDecay, most: DecayRule.Strongest), .. Rule.Known(Decayed),
        .. Rule.Holds(!Nesterov || Momentum > 0, nameof(Nesterov), "needs a momentum above 0; set Momentum or leave Nesterov off."),
    ];

    private sealed class State : RunningOptimizer
    {
        private readonly Sgd _settings;
        private readonly double[] _decays;
        private readonly Tensor[] _velocities;

        public State(Sgd settings, IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
            : base(parameters)
        {
            (_settings, _decays) = (settings, DecayRule.Of(parameters, settings.WeightDecay, settings.Decayed));
            _velocities = settings.Momentum == 0 ? [] : [.. parameters.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
        }

        public override IEnumerable<KeyValuePair<string, Tensor>> Saved => _velocities.Zip(Parameters, (velocity, parameter) => KeyValuePair.Create($"momentum.{parameter.Key}", velocity));

        // PyTorch's SGD: d = g + decay * w; v = momentum * v + d; w -= rate * (d + momentum * v with Nesterov, v without).
        public override void Step(IReadOnlyList<Tensor?> gradients, double learningRate)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Count, Parameters.Count);
            using IDisposable guard = no_grad();
            using DisposeScope scope = NewDisposeScope();
            using Scalar decay = _settings.WeightDecay.ToScalar(), momentum = (Momentum ?? _settings.Momentum).ToScalar(), one = 1.0.ToScalar(), back = (-learningRate).ToScalar();
            for (int i = 0; i < gradients.Count; i++)
            {
                if (gradients[i] is not { } direction)
                    continue;
                Parameter parameter = Parameters[i].Value;
                if (_decays[i] != 0)
                    direction.add_(parameter, decay);
                if (_settings.Momentum != 0)
                {
                    _velocities[i].mul_(momentum).add_(direction, one);
                    direction = _settings.Nesterov ? direction.add_(_velocities[i], momentum) : _velocities[i];
                }
                parameter.add_(direction, back);
            }
        }
    }
}
