using System.Runtime.Intrinsics;
using MathNet.Numerics.LinearAlgebra;

namespace RobustWrn.Search;

/// <summary>The inverse of a covariance matrix's Cholesky factor, row by row: what a Gaussian process needs of its matrix.</summary>
internal sealed class LowerTriangle
{
    // Always as many, so that every processor adds in the same order and samplers propose the same points.
    private const int Lanes = 4;

    private readonly double[][] _inverse;

    private LowerTriangle(double[][] inverse, double logDeterminant) => (_inverse, LogDeterminant) = (inverse, logDeterminant);

    /// <summary>The logarithm of the matrix's determinant.</summary>
    public double LogDeterminant { get; }

    /// <summary>Factors a symmetric positive definite matrix; null when rounding makes it none.</summary>
    public static LowerTriangle? Of(double[,] matrix)
    {
        Matrix<double> factor;
        try
        {
            factor = Matrix<double>.Build.DenseOfArray(matrix).Cholesky().Factor;
        }
        catch (ArgumentException)
        {
            return null;
        }
        int count = factor.RowCount;
        double[][] inverse = new double[count][];
        double determinant = 0;
        for (int i = 0; i < count; i++)
        {
            double[] row = inverse[i] = new double[i + 1];
            double diagonal = factor[i, i];
            for (int k = 0; k < i; k++)
                AddTimes(row, inverse[k], -factor[i, k]);
            row[i] = 1;
            for (int j = 0; j <= i; j++)
                row[j] /= diagonal;
            determinant += 2 * Math.Log(diagonal);
        }
        return new LowerTriangle(inverse, determinant);
    }

    /// <summary>The inverse factor times a vector.</summary>
    public double[] Times(ReadOnlySpan<double> vector)
    {
        double[] product = new double[_inverse.Length];
        for (int i = 0; i < product.Length; i++)
            product[i] = Dot(_inverse[i], vector);
        return product;
    }

    /// <summary>The transposed inverse factor times a vector: together with <see cref="Times"/>, the inverse matrix times one.</summary>
    public double[] TransposedTimes(ReadOnlySpan<double> vector)
    {
        double[] product = new double[_inverse.Length];
        for (int i = 0; i < product.Length; i++)
            AddTimes(product, _inverse[i], vector[i]);
        return product;
    }

    /// <summary>The lower half of the inverse matrix, row by row.</summary>
    public double[][] Inverse()
    {
        double[][] product = [.. Enumerable.Range(0, _inverse.Length).Select(i => new double[i + 1])];
        foreach (double[] row in _inverse)
        {
            for (int i = 0; i < row.Length; i++)
                AddTimes(product[i], row, row[i], i + 1);
        }
        return product;
    }

    private static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        Vector256<double> sums = Vector256<double>.Zero;
        int i = 0;
        for (; i <= left.Length - Lanes; i += Lanes)
            sums += Vector256.Create(left[i..]) * Vector256.Create(right[i..]);
        double sum = Vector256.Sum(sums);
        for (; i < left.Length; i++)
            sum += left[i] * right[i];
        return sum;
    }

    private static void AddTimes(Span<double> to, ReadOnlySpan<double> from, double factor, int count = int.MaxValue)
    {
        count = Math.Min(count, from.Length);
        Vector256<double> factors = Vector256.Create(factor);
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
            (Vector256.Create(to[i..]) + Vector256.Create(from[i..]) * factors).CopyTo(to[i..]);
        for (; i < count; i++)
            to[i] += from[i] * factor;
    }
}
