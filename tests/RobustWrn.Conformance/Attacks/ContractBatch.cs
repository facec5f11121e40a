using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Images away from 0 and 1 unless extremes are asked for, labels 0 and 1 in turn, ids that are not positions.</summary>
internal sealed class ContractBatch : IDisposable
{
    public ContractBatch(int count, int channels = 3, int height = 8, int width = 8, ScalarType dtype = ScalarType.Float32, bool withExtremes = false)
    {
        using DisposeScope scope = NewDisposeScope();
        Examples = Enumerable.Range(0, count).Select(i => 1_000L - 7 * i).ToValueList();
        Tensor uniform = RandomStream.From(11).Uniform(Examples.AsSpan(), [channels, height, width], dtype);
        Images = (withExtremes ? uniform.Times(1.6).Minus(0.3).ClampInPlace(0, 1) : uniform.Times(0.5).Plus(0.25)).DetachFromDisposeScope();
        Labels = ScalarArithmetic.Counting(count).Modulo(2).DetachFromDisposeScope();
    }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    public ValueList<long> Examples { get; }

    public AttackContext Context(nn.Module<Tensor, Tensor> model, ThreatModel threat) => new(model, Images, Labels, threat)
    {
        Examples = Examples,
        Noise = RandomStream.From(5).For("attack"),
        Surrogate = model,
    };

    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
