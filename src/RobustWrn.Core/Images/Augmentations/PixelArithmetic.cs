using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Pixels in [0, 1] whatever type they are kept in.</summary>
internal static class PixelArithmetic
{
    private const double Levels = 255;

    /// <summary>Pixels in [0, 1]: uint8 divided by 255, floats as they are.</summary>
    public static Tensor InUnits(Tensor images) => images.dtype == ScalarType.Byte ? images.to(ScalarType.Float32).Over(Levels) : images;

    /// <summary>Pixels in [0, 1] in the type of others: rounded to levels of 255 for uint8.</summary>
    public static Tensor InTypeOf(Tensor images, Tensor units) =>
        images.dtype == ScalarType.Byte ? units.Times(Levels).round().to(ScalarType.Byte) : units.to(images.dtype);

    /// <summary>One value in [0, 1] as a pixel of the type of images.</summary>
    public static double ValueFor(Tensor images, double unit) => images.dtype == ScalarType.Byte ? Math.Round(Levels * unit) : unit;
}
