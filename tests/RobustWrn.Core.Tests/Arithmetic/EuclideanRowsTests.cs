using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class EuclideanRowsTests
{
    [Theory]
    [InlineData(-120)]
    [InlineData(-60)]
    [InlineData(60)]
    [InlineData(120)]
    public void EuclideanDirections_TimesAPowerOfTwo_AreTheSameToTheBit(int exponent)
    {
        using DisposeScope scope = NewDisposeScope();
        // Multiples of 1/256, so that the smallest stay exact as subnormal numbers.
        Tensor rows = rand(4, 3, 5, 5).Minus(0.5).Times(512.0).round().Over(256);

        Assert.True(rows.EuclideanDirections().Equals(rows.Times(Math.ScaleB(1, exponent)).EuclideanDirections()));
    }

    [Theory]
    [InlineData(1e-45, ScalarType.Float32)] // rounds to the smallest subnormal number
    [InlineData(1e-30, ScalarType.Float32)]
    [InlineData(1e30, ScalarType.Float32)]
    [InlineData(3e38, ScalarType.Float32)]
    [InlineData(5e-324, ScalarType.Float64)]
    [InlineData(1e-200, ScalarType.Float64)]
    [InlineData(1e200, ScalarType.Float64)]
    [InlineData(1e308, ScalarType.Float64)]
    public void EuclideanDirections_AnySize_HaveLengthOne(double size, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(new double[,] { { 1, -1, 0, 1, 1 }, { 0, 0, 0, -1, 0 } }).Times(size).to(dtype);

        Tensor directions = rows.EuclideanDirections();

        Tensor expected = tensor(new double[,] { { 0.5, -0.5, 0, 0.5, 0.5 }, { 0, 0, 0, -1, 0 } }).to(dtype);
        Assert.True((directions - expected).abs().max().Number() < 1e-7);
    }

    [Fact]
    public void EuclideanDirections_RowOfZeros_StaysZeroBesideOthers()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor directions = tensor(new float[,] { { 0, 0 }, { 3, -4 } }).EuclideanDirections();
        Assert.Equal([0, 0, 0.6f, -0.8f], directions.data<float>().ToArray());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void EuclideanDirections_NotFinite_IsNaNAndSoIsSeen(double value)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor directions = tensor(new double[,] { { 1, value }, { 3, 4 } }).EuclideanDirections();
        Assert.True(directions[0].isnan().any().item<bool>());
        Assert.Equal([0.6, 0.8], directions[1].data<double>().ToArray());
    }

    [Theory]
    [InlineData(1e-25f)]
    [InlineData(1f)]
    [InlineData(1e25f)]
    public void EuclideanLengths_SquaresThatVanishOrOverflow_AreRight(float size)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor lengths = tensor(new float[,] { { 3 * size, -4 * size }, { 0, 0 } }).reshape(2, 1, 1, 2).EuclideanLengths();
        Assert.Equal([2, 1, 1, 1], lengths.shape);
        Assert.Equal(5 * size, lengths[0].item<float>(), 1e-6f * size);
        Assert.Equal(0, lengths[1].item<float>());
    }

    [Fact]
    public void NaNUnlessFinite_LargeNumbersWhoseSumOverflows_AreFinite()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(0, tensor(new float[] { 3e38f, 3e38f, -1 }).NaNUnlessFinite().Number());
        Assert.Equal(double.NaN, tensor(new float[] { 1, float.NegativeInfinity }).NaNUnlessFinite().Number());
        Assert.Equal(double.NaN, tensor(new float[] { 1, float.NaN }).NaNUnlessFinite().Number());
    }
}
