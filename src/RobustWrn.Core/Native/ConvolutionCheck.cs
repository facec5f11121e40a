using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>A few convolutions in float32 against float64, which takes another way through libtorch. Some milliseconds.</summary>
internal static class ConvolutionCheck
{
    /// <summary>
    /// The largest error that is rounding, as a share of the largest value: some thousand times what is seen where all is well.
    /// </summary>
    public const double Tolerance = 1e-3;

    // Channels in and out. None is a multiple of the 8 or 16 numbers of a vector register, but one, which is of 8.
    private static readonly (int Inputs, int Outputs)[] Shapes = [(3, 8), (4, 6), (12, 12), (24, 24), (24, 16)];

    /// <summary>The largest error of results and of gradients of the images; NaN where there is any.</summary>
    public static double LargestError() => Shapes.Select(shape => Error(shape.Inputs, shape.Outputs)).Aggregate(Math.Max);

    /// <summary>The error of one shape.</summary>
    internal static double Error(int inputs, int outputs, int kernel = 3, int stride = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = enable_grad();
        // Large numbers in the memory that is used next: what is read beyond its place shows.
        zeros(1 << 16).FillInPlace(1e3).Dispose();
        Tensor images = Pattern([4, inputs, 8, 8], 0.7), weights = Pattern([outputs, inputs, kernel, kernel], 1.3);
        (Tensor result, Tensor gradient) = Pass(images.to(ScalarType.Float32), weights.to(ScalarType.Float32), stride);
        (Tensor exact, Tensor exactGradient) = Pass(images, weights, stride);
        return Math.Max(Error(result, exact), Error(gradient, exactGradient));
    }

    private static double Error(Tensor actual, Tensor expected) =>
        (actual.to(ScalarType.Float64) - expected).abs().max().Number() / expected.abs().max().Number();

    private static (Tensor Result, Tensor Gradient) Pass(Tensor images, Tensor weights, int stride)
    {
        Tensor leaf = images.detach().requires_grad_();
        long margin = weights.shape[2] / 2;
        Tensor result = nn.functional.conv2d(leaf, weights, strides: [stride, stride], padding: [margin, margin]);
        Tensor gradient = Gradients.Of((result * Pattern(result.shape, 0.4).to(images.dtype)).sum(), leaf);
        return (result.detach(), gradient);
    }

    // Numbers between -1 and 1 that no generator's state hangs on.
    private static Tensor Pattern(long[] shape, double frequency) =>
        ScalarArithmetic.Counting(shape.Aggregate((a, b) => a * b)).to(ScalarType.Float64).Times(frequency).sin().reshape(shape);
}
