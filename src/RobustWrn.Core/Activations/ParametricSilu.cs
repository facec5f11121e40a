using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The parametric shifted SiLU (PSSiLU) of Dai et al. 2021 (arXiv 2110.05626): x * (sigmoid(|alpha| * x) - |beta|) / (1 - |beta|),
/// alpha and beta learned. Here each layer learns its own pair.
/// </summary>
public sealed record ParametricSilu : IActivation
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "pssilu";

    /// <summary>The sharpness before training. Default 1: SiLU (the authors' checkpoint code).</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>
    /// The shift before training, in [0, 1). Default 1e-8 (the authors' checkpoint code), since |beta| has no slope at 0.
    /// </summary>
    public double Beta { get; init; } = 1e-8;

    /// <inheritdoc/>
    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        trace.Learn(2);
        FeatureMap gate = trace.Elementwise(trace.Elementwise(input, KeptForBackward.Input), KeptForBackward.Output);
        FeatureMap product = trace.Multiply(input, trace.Elementwise(gate, KeptForBackward.Nothing));
        trace.KeepInTraining(product);
        return trace.Elementwise(product, KeptForBackward.Nothing);
    }

    /// <inheritdoc/>
    public nn.Module<Tensor, Tensor> Build(int channels) => new Module(Alpha, Beta);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Alpha), .. Rule.InHalfOpen(Beta, 0, 1)];

    private sealed class Module : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter beta, alpha;

        public Module(double initialAlpha, double initialBeta)
            : base(nameof(ParametricSilu))
        {
            beta = new Parameter(tensor([(float)initialBeta]));
            alpha = new Parameter(tensor([(float)initialAlpha]));
            beta.DetachFromDisposeScope();
            alpha.DetachFromDisposeScope();
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor shift = beta.abs();
            Tensor gate = (input * alpha.abs()).sigmoid() - shift;
            return (input * gate / ones_like(shift).sub(shift)).MoveToOuterDisposeScope();
        }
    }
}
