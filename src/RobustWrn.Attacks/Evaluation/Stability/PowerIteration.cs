using System.Text.Json.Serialization;
using MathNet.Numerics.LinearAlgebra;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The spectral norm of a linear map A from products with A and its transpose alone: power iteration on A^T A (Yoshida and Miyato 2017, arXiv 1705.10941) that
/// keeps its iterates and takes the best combination of them (Lanczos 1950). Convolutions on images have many singular values close to the largest: plain power
/// iteration needs hundreds of steps there, this needs tens.
/// </summary>
/// <remarks>
/// The result never exceeds the norm beyond rounding. It is done when the residual ||A^T A v - s^2 v|| of the best combination v is at most
/// <see cref="Tolerance"/> s^2: some singular value then lies that near, and from a random start it is the largest.
/// </remarks>
public sealed record PowerIteration : IDescription
{
    /// <summary>The largest residual, relative to the norm squared. Default 1e-4, which fixes at least four digits of the norm and is well above what float32 resolves.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Steps before it gives up, each one product with A and one with its transpose. Default 200, which bounds its memory at as many inputs of the layer.</summary>
    [JsonPropertyName("maximalSteps")]
    public int MaxSteps { get; init; } = 200;

    /// <summary>Where the start comes from. Default 0.</summary>
    public Seed Seed { get; init; }

    /// <summary>The spectral norm of a map.</summary>
    /// <param name="map">Linear up to a constant, with a gradient: a convolution or a linear layer, with or without bias.</param>
    /// <param name="input">A tensor of the shape, dtype and device that it takes; its values do not matter.</param>
    /// <param name="name">Keys the random start.</param>
    /// <param name="cancellationToken">Checked between steps.</param>
    /// <exception cref="InvalidDescriptionException">There are problems; all are listed.</exception>
    public SpectralNorm Of(Func<Tensor, Tensor> map, Tensor input, string name = "", CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(input);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor constant = map(zeros_like(input));
        Tensor start = RandomStream.From(Seed).For("spectral norm").For(name).Normal([0], input.shape, input.dtype, input.device).reshape(input.shape);
        Tensor v = start / start.norm();
        // Powers of weights vanish or overflow where the weights themselves are far from 1: iterate on the map over the size of its first
        // image.
        Tensor first = map(v) - constant;
        double scale = first.reshape(1, -1).RowScale().Number();
        // One row for each iterate so far.
        Tensor basis = v.reshape(1, -1);
        List<double> diagonal = [], beside = [];
        for (int step = 1; ; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope inner = NewDisposeScope();
            Tensor next = TransposeTimesMap(map, v, constant, scale).reshape(-1);
            diagonal.Add(next.dot(basis[^1]).Number());
            // Twice: once leaves rounding errors that grow until the basis is none.
            for (int pass = 0; pass < 2; pass++)
                next -= basis.t().mv(basis.mv(next));
            double length = next.norm().Number();
            (double square, double last) = Largest(diagonal, beside);
            double residual = length * Math.Abs(last);
            bool converged = residual <= Tolerance * square;
            if (converged || step >= Math.Min(MaxSteps, input.numel()))
                return new SpectralNorm(scale * Math.Sqrt(Math.Max(0, square)), step, converged);
            beside.Add(length);
            v = (next / next.norm()).reshape(input.shape).MoveToOuterDisposeScope();
            Tensor longer = cat([basis, v.reshape(1, -1)]).MoveToOuterDisposeScope();
            basis.Dispose();
            basis = longer;
        }
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Tolerance), .. Rule.Positive(MaxSteps)];

    // The gradient of ||A v / scale||^2 / 2.
    private static Tensor TransposeTimesMap(Func<Tensor, Tensor> map, Tensor v, Tensor constant, double scale)
    {
        using IDisposable guard = enable_grad();
        Tensor leaf = v.detach().requires_grad_();
        Tensor image = (map(leaf) - constant).Over(scale);
        return Gradients.Of(image.mul(image.detach()).sum(), leaf);
    }

    /// <summary>The largest eigenvalue of the symmetric tridiagonal matrix, and the last entry of its eigenvector.</summary>
    private static (double Value, double Last) Largest(List<double> diagonal, List<double> beside)
    {
        int n = diagonal.Count;
        Matrix<double> matrix = Matrix<double>.Build.Dense(n, n, (i, j) => i == j ? diagonal[i] : Math.Abs(i - j) == 1 ? beside[Math.Min(i, j)] : 0);
        var eigen = matrix.Evd(Symmetricity.Symmetric);
        int largest = eigen.EigenValues.Real().MaximumIndex();
        return (eigen.EigenValues[largest].Real, eigen.EigenVectors[n - 1, largest]);
    }
}
