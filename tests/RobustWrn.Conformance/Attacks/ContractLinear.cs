using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Two classes, linear in the pixels plus a constant for each image, so that the distance to the boundary is known.</summary>
internal sealed class ContractLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter _weight;
    private readonly Tensor? _seen, _offsets;

    private ContractLinear(Tensor weights, Tensor? seen = null, Tensor? offsets = null)
        : base(nameof(ContractLinear))
    {
        _weight = nn.Parameter(weights.DetachFromDisposeScope());
        (_seen, _offsets) = (seen?.DetachFromDisposeScope(), offsets?.DetachFromDisposeScope());
        register_parameter(nameof(_weight), _weight);
    }

    /// <summary>Logits that no pixel changes.</summary>
    public static ContractLinear Constant() => new(zeros(3 * 8 * 8));

    /// <summary>Each image is right, and wrong once it has gone a share of the radius along the steepest way.</summary>
    public static ContractLinear Within(ContractBatch batch, ThreatModel threat, double reach)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor w = RandomStream.From(3).Normal([0], [batch.Images[0].numel()])[0];
        Tensor steepest = threat.SteepestDirection(w.reshape([1, .. batch.Images.shape.AsSpan(1)]));
        double rate = (steepest.flatten() * w).sum().Number(); // of the logit, for each unit of the norm
        Tensor wanted = batch.Labels.Times(2.0).Minus(1).Times(reach * threat.Epsilon * rate);
        Tensor seen = batch.Images.flatten(1).matmul(w);
        return new ContractLinear(w, batch.Images.clone(), (wanted - seen));
    }

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor score = input.flatten(1).matmul(_weight.to(input.dtype));
        if (_offsets is not null && _seen is not null)
        {
            // The image that this one was made of is the nearest one.
            Tensor distances = (input.detach().unsqueeze(1) - _seen.unsqueeze(0)).flatten(2).abs().sum(2);
            score = score.Plus(_offsets.index_select(0, distances.argmin(1)));
        }
        return stack([zeros_like(score), score], 1).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _seen?.Dispose();
            _offsets?.Dispose();
        }
        base.Dispose(disposing);
    }
}
