using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Norms;

/// <summary>
/// The material that norms are tried on: a batch of small images, with pixels at 0 and 1 among them, and moves of all kinds.
/// </summary>
internal sealed class NormCase
{
    public const int Count = 6;
    public const long Values = 3 * 4 * 4;

    private static readonly long[] Shape = [3, 4, 4];

    public NormCase(ThreatModel norm, ScalarType dtype)
    {
        (Threat, Dtype) = (Sized(norm), dtype);
        Rounding = dtype == ScalarType.Float64 ? 1e-9 : 2e-5;
    }

    public static long[] Ids { get; } = [.. Enumerable.Range(0, Count).Select(i => 5L * i + 2)];

    /// <summary>The norm with a radius at which ball and box both count.</summary>
    public ThreatModel Threat { get; }

    public ScalarType Dtype { get; }

    /// <summary>The rounding that sums of a few dozen numbers may lose.</summary>
    public double Rounding { get; }

    public RandomStream Noise { get; } = RandomStream.From(4).For("norm contract");

    /// <summary>In [0, 1], a fifth of the pixels at 0 or 1.</summary>
    public Tensor Images => Pixels(1);

    public Tensor Others => Pixels(2);

    /// <summary>Of normal numbers: far longer than the radius.</summary>
    public Tensor Moves => Noise.For("moves").Normal(Ids, Shape, Dtype).TimesInPlace(3);

    /// <summary>Slopes of all signs and sizes, a tenth of them 0.</summary>
    public Tensor Gradient
    {
        get
        {
            Tensor slopes = Noise.For("gradient").Normal(Ids, Shape, Dtype);
            return slopes.FilledWhere(Noise.For("flat").Uniform(Ids, Shape, Dtype).IsBelow(0.1), 0);
        }
    }

    public static IEnumerable<NormCase> Both(ThreatModel norm) => [new(norm, ScalarType.Float32), new(norm, ScalarType.Float64)];

    /// <summary>A tenth of the diameter of small images, where it is known.</summary>
    public static ThreatModel Sized(ThreatModel norm) =>
        norm with { Epsilon = double.IsFinite(norm.Diameter(Values)) ? 0.1 * norm.Diameter(Values) : 0.5 };

    public Tensor Pixels(long draw) => Noise.For("pixels").At(draw).Uniform(Ids, Shape, Dtype).Times(1.4).Minus(0.2).ClampInPlace(0, 1);

    public void AssertInside(Tensor points, string what, Tensor? around = null)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(Images.shape, points.shape);
        Assert.Equal(Dtype, points.dtype);
        Assert.True((points.IsAtLeast(0) & points.IsAtMost(1)).all().item<bool>(),
            $"{what} must lie in [0, 1], and holds a pixel that does not, or NaN");
        double distance = Threat.Distance(points, around ?? Images).max().Number();
        Assert.True(distance <= Threat.Epsilon + Threat.Tolerance, $"{what} must lie within {Threat.Epsilon:g6}, got {distance:g9}");
    }

    public void AssertNear(Tensor expected, Tensor actual, string rule, double scale = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        double size = expected.to(ScalarType.Float64).abs().max().Number();
        double far = (expected - actual).to(ScalarType.Float64).abs().max().Number();
        Assert.True(far <= Rounding * Math.Max(size, scale), $"{rule}, got a difference of {far:g3} at a size of {size:g3}");
    }
}
