using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Gives back recorded draws, whatever the purpose, restart or step.</summary>
internal sealed class RecordedStream(Tensor? normal = null, Tensor? uniform = null) : RandomStream(0)
{
    public override RandomStream For(string purpose) => this;

    public override RandomStream At(long index) => this;

    public override Tensor Normal(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Rows(normal!, examples, shape, dtype);

    public override Tensor Uniform(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Rows(uniform!, examples, shape, dtype);

    private static Tensor Rows(Tensor draws, ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype)
    {
        long[] expected = [examples.Length, .. shape];
        Assert.Equal(draws.shape, expected);
        return draws.to(dtype, copy: true);
    }
}
