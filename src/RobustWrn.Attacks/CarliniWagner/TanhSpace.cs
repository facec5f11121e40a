using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The change of variables x = 1/2 + s tanh(w) of Carlini and Wagner 2017, with s a little above 1/2 and w bounded where x is 0 or 1: pixels that are exactly
/// 0 or 1 then have a finite w with a slope, and move like all others. With s = 1/2 their slope is 0.
/// </summary>
internal static class TanhSpace
{
    // About one 8-bit level beyond each end: the slope there is 1 % instead of 0, of 50 % in the middle.
    private const double Half = 0.505;

    private static readonly double Bound = Math.Atanh(0.5 / Half);

    public static Tensor From(Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        return images.Clamped(0, 1).Minus(0.5).Over(Half).atanh_().ClampInPlace(-Bound, Bound).MoveToOuterDisposeScope();
    }

    /// <summary>Images in [0, 1], and the slope of each pixel.</summary>
    public static (Tensor Images, Tensor Slope) ToImages(Tensor w)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tanh = w.tanh();
        Tensor images = tanh.Times(Half).PlusInPlace(0.5).ClampInPlace(0, 1);
        Tensor slope = tanh.Squared().neg_().PlusInPlace(1).TimesInPlace(Half);
        return (images.MoveToOuterDisposeScope(), slope.MoveToOuterDisposeScope());
    }

    public static void Bind(Tensor w) => w.ClampInPlace(-Bound, Bound);
}
