using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>x where x is positive, a learned slope times x elsewhere (He et al. 2015, arXiv 1502.01852).</summary>
public sealed record PRelu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "prelu";

    /// <summary>The slope before training. Default 0.25, the paper's.</summary>
    public double Slope { get; init; } = 0.25;

    /// <summary>Whether each channel learns a slope of its own. Default: one slope a layer, PyTorch's.</summary>
    public bool PerChannel { get; init; }

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        trace.Learn(PerChannel ? input.Channels : 1);
        return trace.Elementwise(input, KeptForBackward.Input);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new PReluModule(PerChannel ? channels : 1, Slope);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.NotNegative(Slope);
}
