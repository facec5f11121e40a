using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Gives recorded draws one after another, whatever address is asked for.</summary>
internal sealed class ReplayedStream(IEnumerable<Tensor> draws) : RandomStream(0)
{
    private readonly Queue<Tensor> _draws = new(draws);

    public int Left => _draws.Count;

    public override RandomStream For(string purpose) => this;

    public override RandomStream At(long index) => this;

    public override Tensor Normal(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        _draws.Dequeue().to(dtype, copy: true);

    public override Tensor Uniform(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        throw new NotSupportedException("the recorded runs draw normal numbers only");
}
