using TorchSharp;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Squeeze and excitation (Hu et al. 2018, arXiv 1709.01507): each channel is multiplied by a gate in (0, 1) computed from the means of
/// all channels by two linear layers with a ReLU between and a sigmoid after. State-dict names <c>fc.0.*</c> and <c>fc.2.*</c>,
/// as in Lu et al. 2022.
/// </summary>
public sealed class SqueezeExcitation : nn.Module<Tensor, Tensor>
{
    private readonly Layers fc;

    /// <summary>Creates the layer with weights of zero.</summary>
    /// <param name="channels">Channels of its input and output.</param>
    /// <param name="squeezed">Numbers between the two linear layers, at least 1.</param>
    /// <param name="hasBias">Whether the linear layers add a learned number.</param>
    public SqueezeExcitation(int channels, int squeezed, bool hasBias)
        : base(nameof(SqueezeExcitation))
    {
        fc = new Layers(channels, squeezed, hasBias);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return (input * Gate(input.mean([2, 3]))).MoveToOuterDisposeScope();
    }

    /// <summary>The factors of the channels.</summary>
    /// <param name="means">Means of the channels, (N, C).</param>
    /// <returns>(N, C, 1, 1) in (0, 1). The caller disposes it.</returns>
    public Tensor Gate(Tensor means) => fc.call(means);

    /// <summary>What the layer costs where it stands.</summary>
    public static FeatureMap Trace(CostTrace trace, FeatureMap input, int squeezed, bool hasBias)
    {
        if (squeezed < 1)
            trace.Report(new Problem("Squeeze", $"must leave at least 1 number of {Quantity.Of(input.Channels, "channel")}, got {squeezed}. Squeeze less or widen the stage."));
        FeatureMap hidden = trace.Elementwise(trace.Linear(trace.GlobalAveragePool(input), squeezed, hasBias), KeptForBackward.Output);
        FeatureMap gate = trace.Elementwise(trace.Linear(hidden, input.Channels, hasBias), KeptForBackward.Output);
        return trace.Multiply(input, gate);
    }

    private sealed class Layers : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "0")]
        private readonly LinearLayer _squeeze;

        [ComponentName(Name = "2")]
        private readonly LinearLayer _excite;

        public Layers(int channels, int squeezed, bool hasBias)
            : base(nameof(Layers))
        {
            _squeeze = new LinearLayer(channels, squeezed, hasBias);
            _excite = new LinearLayer(squeezed, channels, hasBias);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            return _excite.call(_squeeze.call(input).relu()).sigmoid().unsqueeze(-1).unsqueeze(-1).MoveToOuterDisposeScope();
        }
    }
}
