using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Measures;

/// <summary>Pairs with random perturbations, the same for the same arguments.</summary>
internal sealed class MeasurePairs : IDisposable
{
    private readonly ContractBatch _batch;

    public MeasurePairs(int count, ThreatModel threat, ScalarType dtype = ScalarType.Float32)
    {
        _batch = new ContractBatch(count, dtype: dtype);
        Pairs = new ImagePairs(_batch.Images, threat.RandomStart(_batch.Images, RandomStream.From(8), _batch.Examples.AsSpan()), _batch.Labels, threat);
    }

    public ImagePairs Pairs { get; }

    public void Dispose()
    {
        Pairs.Perturbed.Dispose();
        _batch.Dispose();
    }
}
