using System.Text.Json.Serialization;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, arXiv 1412.6980) with weight decay apart from the gradient (Loshchilov and Hutter 2019, arXiv 1711.05101),
/// computed as PyTorch's AdamW does. Its learning rates are about 1e-3, not the 0.1 of SGD.
/// </summary>
public sealed record AdamW : IOptimizer
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "adamw";

    /// <summary>The share of the mean of gradients that stays at a step, in [0, 1). Default 0.9 (Kingma and Ba 2015).</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>The share of the mean of squared gradients that stays at a step, in [0, 1). Default 0.999 (Kingma and Ba 2015).</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the mean square. Default 1e-8 (Kingma and Ba 2015).</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>The share of a parameter, times the learning rate, that is taken off at each step. Default 0.01, PyTorch's.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The parameters that decay. Default: all, as in PyTorch.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // files from before it was there mean the same
    public DecayedParameters Decayed { get; init; }

    /// <inheritdoc/>
    public int RememberedPerParameter => 2;

    /// <inheritdoc/>
    public RunningOptimizer Begin(IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
    {
        this.ThrowIfInvalid();
        return new State(this, parameters);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.InHalfOpen(Beta1, 0, 1), .. Rule.InHalfOpen(Beta2, 0, 1), .. Rule.Positive(Epsilon),
            .. Rule.NotNegative(WeightDecay, most: DecayRule.Strongest), .. Rule.Known(Decayed)];

    private sealed class State : RunningOptimizer
    {
        private readonly AdamW _settings;
        private readonly double[] _decays;
        private readonly Tensor[] _means, _squares;
        // A parameter that the loss does not reach does not count the step.
        private readonly Tensor _steps;

        public State(AdamW settings, IReadOnlyList<KeyValuePair<string, Parameter>> parameters)
            : base(parameters)
        {
            (_settings, _decays) = (settings, DecayRule.Of(parameters, settings.WeightDecay, settings.Decayed));
            _means = [.. parameters.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
            _squares = [.. parameters.Select(pair => zeros_like(pair.Value, requires_grad: false).DetachFromDisposeScope())];
            _steps = zeros(parameters.Count, ScalarType.Int64).DetachFromDisposeScope();
        }

        public override IEnumerable<KeyValuePair<string, Tensor>> Saved =>
        [
            .. _means.Zip(Parameters, (mean, parameter) => KeyValuePair.Create($"mean.{parameter.Key}", mean)),
            .. _squares.Zip(Parameters, (square, parameter) => KeyValuePair.Create($"square.{parameter.Key}", square)),
            KeyValuePair.Create("steps", _steps),
        ];

        // PyTorch's AdamW: w -= rate * decay * w; m += (1 - b1)(g - m); v = b2 v + (1 - b2) g^2; w -= rate / (1 - b1^t) * m / (sqrt(v)
        // / sqrt(1 - b2^t) + epsilon).
        public override void Step(IReadOnlyList<Tensor?> gradients, double learningRate)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(gradients.Count, Parameters.Count);
            using IDisposable guard = no_grad();
            using DisposeScope scope = NewDisposeScope();
            long[] steps = _steps.data<long>().ToArray();
            for (int i = 0; i < gradients.Count; i++)
            {
                if (gradients[i] is not { } gradient)
                    continue;
                double step = ++steps[i];
                Parameter parameter = Parameters[i].Value;
                if (_decays[i] != 0)
                    parameter.TimesInPlace(1 - learningRate * _decays[i]);
                _means[i].TimesInPlace(_settings.Beta1).PlusInPlace(gradient, 1 - _settings.Beta1);
                _squares[i].TimesInPlace(_settings.Beta2).PlusProductInPlace(gradient, gradient, 1 - _settings.Beta2);
                Tensor length = _squares[i].sqrt().Over(Math.Sqrt(1 - Math.Pow(_settings.Beta2, step))).PlusInPlace(_settings.Epsilon);
                parameter.PlusQuotientInPlace(_means[i], length, -learningRate / (1 - Math.Pow(_settings.Beta1, step)));
            }
            _steps.copy_(tensor(steps));
        }
    }
}
