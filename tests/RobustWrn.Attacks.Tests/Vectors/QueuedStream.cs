using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Gives back recorded draws one after the other, whatever the purpose, restart or step.</summary>
internal sealed class QueuedStream(IEnumerable<Tensor> draws) : RandomStream(0)
{
    private readonly Queue<Tensor> _draws = new(draws);

    public int Left => _draws.Count;

    public override RandomStream For(string purpose) => this;

    public override RandomStream At(long index) => this;

    public override Tensor Normal(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Next(examples, shape, dtype);

    public override Tensor Uniform(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Next(examples, shape, dtype);

    private Tensor Next(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        Tensor draws = _draws.Dequeue();
        long[] expected = [examples.Length, .. shape];
        Assert.Equal(draws.shape, expected);
        return draws.to(dtype, copy: true);
    }
}
